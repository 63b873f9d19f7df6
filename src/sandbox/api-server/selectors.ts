/** Label and field selectors, of queries and of webhook registrations, as functions of an object. */
import { readLabelSelector } from '../../api/label-selector.js';
import { type ApiObject, at, members, objects, text, texts } from './objects.js';
import { Refusal } from './refusal.js';
import type { ServedResource } from './resource-table.js';

export type Selector = (object: ApiObject) => boolean;
type Labels = Readonly<Record<string, string>>;

const operators: Record<string, (value: string | undefined, values: readonly string[]) => boolean> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};
/** @throws {Refusal} 400 */
export function labelSelector(query: string | null): Selector {
  if (query === null || query.trim() === '') return () => true;
  const read = readLabelSelector(query);
  if ('fault' in read) throw new Refusal(400, `unable to parse requirement: ${read.fault}`);
  const requirements = read.map(({ key, operator, values = [] }) => requirement(key, operator, values));
  return ({ metadata: { labels = {} } }) => requirements.every((holds) => holds(labels));
}

function requirement(key: string, operator: string, values: readonly string[]): (labels: Labels) => boolean {
  const holds = operators[operator] ?? (() => false);
  return (labels) => holds(Object.hasOwn(labels, key) ? labels[key] : undefined, values);
}

/** Whether a `LabelSelector` object selects `labels`; an empty or absent one selects everything. */
export function selectsLabels(selector: unknown, labels: Labels = {}): boolean {
  const byLabel = Object.entries(members(at(selector, 'matchLabels'))).map(([key, value]) =>
    requirement(key, 'In', [text(value)]),
  );
  const byExpression = objects(at(selector, 'matchExpressions')).map(({ key, operator, values }) =>
    requirement(text(key), text(operator), texts(values)),
  );
  return [...byLabel, ...byExpression].every((holds) => holds(labels));
}

const selectableFields: Record<string, RegExp> = {
  pods: /^(?:spec\.(?:nodeName|restartPolicy|schedulerName|serviceAccountName)|status\.(?:phase|podIP))$/u,
  events: /^(?:involvedObject\.\w+|reason|reportingComponent|type)$/u,
  namespaces: /^status\.phase$/u,
  nodes: /^spec\.unschedulable$/u,
  secrets: /^type$/u,
  services: /^spec\.(?:clusterIP|type)$/u,
};

const unknownField = (field: string) =>
  `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`;

/** @throws {Refusal} 400 for a field that the resource can not be selected by */
export function fieldSelector(query: string | null, { plural, custom }: ServedResource): Selector {
  const declared = objects(at(custom?.version, 'selectableFields')).map(({ jsonPath }) => text(jsonPath).slice(1));
  const hasFields = custom !== undefined || selectableFields[plural] !== undefined;
  const tests = (query ?? '')
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term): Selector => {
      const [, field = '', operator, value] = /^\s*([^=!]+?)\s*(==|=|!=)(.*)$/u.exec(term) ?? [];
      const isOwn = custom === undefined && selectableFields[plural]?.test(field);
      if (!isOwn && !['metadata.name', 'metadata.namespace', ...declared].includes(field)) {
        throw new Refusal(400, hasFields ? `field label not supported: ${field}` : unknownField(field));
      }
      return (object) => (String(at(object, ...field.split('.')) ?? '') === value) === (operator !== '!=');
    });
  return (object) => tests.every((holds) => holds(object));
}
