/** Tables as `kubectl get` shows them: the columns of the kinds that are met often, and those that definitions declare. */
import type { JsonObject } from '../../pod/json.js';
import type { ApiObject } from './api-object.js';
import { at, items, members, text } from './json-reading.js';
import type { ServedResource } from './resource-table.js';

type Cell = (object: ApiObject, now: number) => unknown;
type Column = readonly [name: string, type: string, priority: 0 | 1, cell: Cell];

const none = '<none>';
const field =
  (...path: (string | number)[]): Cell =>
  (object) =>
    at(object, ...path) ?? none;

/** As `kubectl` writes ages (apimachinery, duration.HumanDuration). */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600), Math.floor(seconds / 86_400)];
  const both = (a: number, unit: string, b: number, smaller: string) =>
    b === 0 ? `${a}${unit}` : `${a}${unit}${b}${smaller}`;
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return both(minutes, 'm', seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  return days < 8 ? both(days, 'd', hours % 24, 'h') : days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`;
}

function age(time: unknown, now: number): string {
  const since = Date.parse(text(time));
  return Number.isNaN(since) ? '<unknown>' : humanDuration(now - since);
}

const ageOf: Cell = ({ metadata }, now) => age(metadata.creationTimestamp, now);
const nameColumn: Column = ['Name', 'string', 0, ({ metadata }) => metadata.name];
const ageColumn: Column = ['Age', 'string', 0, ageOf];
const count =
  (...path: string[]): Cell =>
  (object) =>
    Object.keys(at(object, ...path) ?? {}).length;
const column = (name: string, cell: Cell, priority: 0 | 1 = 0): Column => [name, 'string', priority, cell];

const statuses = (pod: ApiObject) => items(at(pod, 'status', 'containerStatuses'));

function podStatus({ metadata, status }: ApiObject): string {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  const states = items(at(status, 'containerStatuses')).map((one) => at(one, 'state'));
  const reason = states
    .map((state) => text(at(state, 'waiting', 'reason')) || text(at(state, 'terminated', 'reason')))
    .find(Boolean);
  const isRunning = states.some((state) => at(state, 'running') !== undefined);
  return (isRunning ? undefined : reason) || text(at(status, 'reason')) || text(at(status, 'phase'));
}

const columns: Record<string, readonly Column[]> = {
  pods: [
    nameColumn,
    column(
      'Ready',
      (pod) =>
        `${statuses(pod).filter((one) => at(one, 'ready') === true).length}/${items(at(pod, 'spec', 'containers')).length}`,
    ),
    column('Status', podStatus),
    column('Restarts', (pod) =>
      String(statuses(pod).reduce<number>((sum, one) => sum + Number(at(one, 'restartCount') ?? 0), 0)),
    ),
    ageColumn,
    column('IP', field('status', 'podIP'), 1),
    column('Node', field('spec', 'nodeName'), 1),
  ],
  services: [
    nameColumn,
    column('Type', field('spec', 'type')),
    column('Cluster-IP', field('spec', 'clusterIP')),
    column('External-IP', () => none),
    column(
      'Port(s)',
      ({ spec }) =>
        items(at(spec, 'ports'))
          .map((port) => `${at(port, 'port')}/${at(port, 'protocol')}`)
          .join(',') || none,
    ),
    ageColumn,
  ],
  configmaps: [nameColumn, column('Data', count('data')), ageColumn],
  secrets: [nameColumn, column('Type', field('type')), column('Data', count('data')), ageColumn],
  namespaces: [nameColumn, column('Status', field('status', 'phase')), ageColumn],
  leases: [nameColumn, column('Holder', field('spec', 'holderIdentity')), ageColumn],
  events: [
    column('Last Seen', (event, now) =>
      age(event['lastTimestamp'] ?? event['eventTime'] ?? event['firstTimestamp'], now),
    ),
    column('Type', field('type')),
    column('Reason', field('reason')),
    column(
      'Object',
      (event) => `${text(at(event, 'involvedObject', 'kind')).toLowerCase()}/${at(event, 'involvedObject', 'name')}`,
    ),
    column('Message', ({ message }) => text(message).trim()),
    column('Count', field('count'), 1),
    ['Name', 'string', 1, ({ metadata }) => metadata.name],
  ],
};
const usualColumns = [nameColumn, ageColumn];

function columnsOf({ plural, custom }: ServedResource): readonly Column[] {
  if (custom === undefined) return columns[plural] ?? usualColumns;
  const declared = items(at(custom.version, 'additionalPrinterColumns'));
  if (declared.length === 0) return usualColumns;
  return [nameColumn, ...declared.map(declaredColumn)];
}

function declaredColumn(declared: unknown): Column {
  const type = text(at(declared, 'type'));
  const path = jsonPath(text(at(declared, 'jsonPath')));
  const cell: Cell = (object, now) => {
    const value = path(object);
    if (type === 'date') return value === undefined ? '<unknown>' : age(value, now);
    return value === undefined ? null : type === 'string' ? String(value) : value;
  };
  return [text(at(declared, 'name')), type === 'date' ? 'string' : type, at(declared, 'priority') ? 1 : 0, cell];
}

/** Names, `[0]`, `['name']` and `[?(@.name=="value")]`; what a definition's columns use. */
function jsonPath(path: string): (object: unknown) => unknown {
  const steps = [
    ...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/gu),
  ];
  return (object) =>
    steps.reduce<unknown>((value, [, name, index, quoted, key = '', wanted]) => {
      if (wanted !== undefined) return items(value).find((item) => at(item, ...key.split('.')) === wanted);
      return at(value, name ?? quoted ?? Number(index));
    }, object);
}

/** @param include `includeObject`: None, Object or, by default, Metadata */
export function tableOf(
  resource: ServedResource,
  objects: readonly ApiObject[],
  metadata: JsonObject,
  include: string | null,
  now: number,
): JsonObject {
  const shown = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: shown.map(([name, type, priority]) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: shown.map(([, , , cell]) => cell(object, now)),
      ...(include === 'None' ? {} : { object: include === 'Object' ? object : partial(object) }),
    })),
  };
}

export function partial({ metadata }: ApiObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: members(metadata) };
}
