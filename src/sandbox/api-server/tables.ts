/** Tables as `kubectl get` shows them: the columns of the kinds that are met often, and those that definitions declare. */
import type { JsonObject } from '../../pod/json.js';
import { type ApiObject, at, items, text, texts } from './objects.js';
import type { ServedResource } from './resource-table.js';

type Cell = (object: ApiObject, now: number) => unknown;
type Column = readonly [name: string, cell: Cell, priority?: number, type?: string];

/** As `kubectl` writes ages (apimachinery, duration.HumanDuration): units, each until its limit, with the next smaller one. */
const ageUnits: [seconds: number, unit: string, below: number, smaller?: [seconds: number, unit: string]][] = [
  [1, 's', 120],
  [60, 'm', 600, [1, 's']],
  [60, 'm', 10_800],
  [3_600, 'h', 28_800, [60, 'm']],
  [3_600, 'h', 172_800],
  [86_400, 'd', 691_200, [3_600, 'h']],
  [86_400, 'd', 63_072_000],
  [31_536_000, 'y', Number.POSITIVE_INFINITY],
];

export function age(time: unknown, now: number): string {
  const since = Math.max(0, Math.floor((now - Date.parse(text(time))) / 1_000));
  const [seconds, unit, , smaller] = ageUnits.find(([, , below]) => since < below) ?? [];
  if (seconds === undefined) return '<unknown>';
  const rest = smaller === undefined ? 0 : Math.floor((since % seconds) / smaller[0]);
  return `${Math.floor(since / seconds)}${unit}${rest === 0 ? '' : `${rest}${smaller?.[1]}`}`;
}

const field =
  (...path: string[]): Cell =>
  (object) =>
    at(object, ...path) ?? '<none>';
const countOf =
  (member: string): Cell =>
  (object) =>
    Object.keys(at(object, member) ?? {}).length;
const name: Column = ['Name', ({ metadata }) => metadata.name];
const ageColumn: Column = ['Age', ({ metadata }, now) => age(metadata.creationTimestamp, now)];

const containersOf = (pod: ApiObject) => items(at(pod, 'status', 'containerStatuses'));
const readyOf = (pod: ApiObject) => containersOf(pod).filter((one) => at(one, 'ready') === true).length;
const restartsOf = (pod: ApiObject) =>
  containersOf(pod).reduce<number>((sum, one) => sum + Number(at(one, 'restartCount') ?? 0), 0);

function podStatus(pod: ApiObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const states = containersOf(pod).map((one) => at(one, 'state'));
  const reasons = ['waiting', 'terminated'].flatMap((state) => texts(states.map((one) => at(one, state, 'reason'))));
  const isRunning = states.some((state) => at(state, 'running') !== undefined);
  return (
    (isRunning ? '' : reasons.find(Boolean)) || text(at(pod, 'status', 'reason')) || text(at(pod, 'status', 'phase'))
  );
}

function servicePorts({ spec }: ApiObject): string {
  return (
    items(at(spec, 'ports'))
      .map((port) => `${at(port, 'port')}/${at(port, 'protocol')}`)
      .join(',') || '<none>'
  );
}

const involved = ({ involvedObject }: ApiObject) =>
  `${text(at(involvedObject, 'kind')).toLowerCase()}/${at(involvedObject, 'name')}`;

// biome-ignore format: a table
const columns: Record<string, readonly Column[]> = {
  pods: [
    name, ['Ready', (pod) => `${readyOf(pod)}/${items(at(pod, 'spec', 'containers')).length}`], ['Status', podStatus],
    ['Restarts', (pod) => String(restartsOf(pod))], ageColumn, ['IP', field('status', 'podIP'), 1], ['Node', field('spec', 'nodeName'), 1],
  ],
  services: [
    name, ['Type', field('spec', 'type')], ['Cluster-IP', field('spec', 'clusterIP')], ['External-IP', () => '<none>'],
    ['Port(s)', servicePorts], ageColumn,
  ],
  configmaps: [name, ['Data', countOf('data')], ageColumn],
  secrets: [name, ['Type', field('type')], ['Data', countOf('data')], ageColumn],
  serviceaccounts: [name, ['Secrets', ({ secrets }) => items(secrets).length], ageColumn],
  customresourcedefinitions: [name, ['Created At', field('metadata', 'creationTimestamp')]],
  namespaces: [name, ['Status', field('status', 'phase')], ageColumn],
  leases: [name, ['Holder', field('spec', 'holderIdentity')], ageColumn],
  events: [
    ['Last Seen', ({ lastTimestamp, eventTime, firstTimestamp }, now) => age(lastTimestamp ?? eventTime ?? firstTimestamp, now)],
    ['Type', field('type')], ['Reason', field('reason')], ['Object', involved], ['Message', ({ message }) => text(message).trim()],
    ['Count', field('count'), 1], ['Name', ({ metadata }) => metadata.name, 1],
  ],
};

function columnsOf({ plural, custom }: ServedResource): readonly Column[] {
  const declared = items(at(custom?.version, 'additionalPrinterColumns'));
  if (declared.length > 0) return [name, ...declared.map(declaredColumn)];
  return (custom === undefined ? columns[plural] : undefined) ?? [name, ageColumn];
}

function declaredColumn(declared: unknown): Column {
  const type = text(at(declared, 'type'));
  const path = jsonPath(text(at(declared, 'jsonPath')));
  const cell: Cell = (object, now) => {
    const value = path(object);
    if (type === 'date') return age(value, now);
    if (type === 'string') return value === undefined ? null : String(value);
    return typeof value === (type === 'boolean' ? type : 'number') ? value : null;
  };
  return [text(at(declared, 'name')), cell, Number(at(declared, 'priority') ?? 0), type];
}

/** Names, `[0]`, `['name']` and `[?(@.name=="value")]`: what columns use. */
function jsonPath(path: string): (object: unknown) => unknown {
  const steps = [
    ...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gu),
  ];
  return (object) =>
    steps.reduce<unknown>((value, [, member, index, quoted, key = '', wanted]) => {
      if (wanted !== undefined) return items(value).find((item) => at(item, ...key.split('.')) === wanted);
      return at(value, member ?? quoted ?? Number(index));
    }, object);
}

/** @param include `includeObject`: None, Object or, by default, Metadata */
export function tableOf(
  resource: ServedResource,
  shown: readonly ApiObject[],
  metadata: JsonObject,
  include: string | null,
  now: number,
): JsonObject {
  const columnDefinitions = columnsOf(resource).map(([title, , priority = 0, type = 'string']) => {
    return { name: title, type, format: title === 'Name' ? 'name' : '', description: '', priority };
  });
  const rows = shown.map((object) => {
    const cells = columnsOf(resource).map(([, cell]) => cell(object, now));
    const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
    return include === 'None' ? { cells } : { cells, object: include === 'Object' ? object : partial };
  });
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata, columnDefinitions, rows };
}
