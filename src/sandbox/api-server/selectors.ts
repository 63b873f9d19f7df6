/** Label and field selectors, of queries and of webhook registrations, as functions of an object. */
import type { ApiObject } from './api-object.js';
import { at, items, members, text, texts } from './json-reading.js';
import { badRequest } from './refusal.js';
import type { ServedResource } from './resource-table.js';

export type Selector = (object: ApiObject) => boolean;
type Labels = Readonly<Record<string, string>>;

const operators: Record<string, (value: string | undefined, values: readonly string[]) => boolean> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

const symbols: Record<string, string> = { '=': 'In', '==': 'In', '!=': 'NotIn', in: 'In', notin: 'NotIn' };

const requirementForms: readonly [RegExp, (key: string, operator: string, values: string) => [string, string[]]][] = [
  [/^\s*([^\s!=<>,()]+)()()\s*$/u, () => ['Exists', []]],
  [/^\s*!\s*([^\s!=<>,()]+)()()\s*$/u, () => ['DoesNotExist', []]],
  [
    /^\s*([^\s!=<>,()]+)\s*(==|=|!=)\s*([^\s!=<>,()]*)\s*$/u,
    (_, operator, value) => [symbols[operator] ?? '', [value]],
  ],
  [
    /^\s*([^\s!=<>,()]+)\s+(in|notin)\s*\(([^()]*)\)\s*$/u,
    (_, operator, values) => [symbols[operator] ?? '', values.split(',').map((value) => value.trim())],
  ],
];

/** @throws {Refusal} 400 */
export function labelSelector(query: string | null): Selector {
  if (query === null || query.trim() === '') return () => true;
  const requirements = query.split(/,(?![^(]*\))/u).map((part) => {
    for (const [form, read] of requirementForms) {
      const [whole, key = '', operator = '', values = ''] = form.exec(part) ?? [];
      if (whole !== undefined) return requirement(key, ...read(key, operator, values));
    }
    throw badRequest(
      `unable to parse requirement: found '${part.trim()}', expected: !, identifier, in, notin, =, ==, !=`,
    );
  });
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
  const byExpression = items(at(selector, 'matchExpressions')).map((one) =>
    requirement(text(at(one, 'key')), text(at(one, 'operator')), texts(at(one, 'values'))),
  );
  return [...byLabel, ...byExpression].every((holds) => holds(labels));
}

const selectableFields: Record<string, string> = {
  pods: 'spec.nodeName spec.restartPolicy spec.schedulerName spec.serviceAccountName status.phase status.podIP',
  events:
    'involvedObject.kind involvedObject.namespace involvedObject.name involvedObject.uid involvedObject.apiVersion involvedObject.resourceVersion involvedObject.fieldPath reason reportingComponent source.component type',
  namespaces: 'status.phase',
  secrets: 'type',
};

function supportedFields({ plural, custom }: ServedResource): string[] {
  const own = custom === undefined ? (selectableFields[plural]?.split(' ') ?? []) : [];
  const declared = items(at(custom?.version, 'selectableFields')).map((one) => text(at(one, 'jsonPath')).slice(1));
  return ['metadata.name', 'metadata.namespace', ...own, ...declared];
}

/** @throws {Refusal} 400 for a field that the resource can not be selected by */
export function fieldSelector(query: string | null, resource: ServedResource): Selector {
  const terms = (query ?? '').split(',').filter((term) => term.trim() !== '');
  const tests = terms.map((term): Selector => {
    const [, field, operator, value] = /^\s*([^=!]+?)\s*(==|=|!=)(.*)$/u.exec(term) ?? [];
    if (field === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    if (!supportedFields(resource).includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object) => (String(at(object, ...field.split('.')) ?? '') === value) === (operator !== '!=');
  });
  return (object) => tests.every((holds) => holds(object));
}
