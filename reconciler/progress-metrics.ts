/** The metrics of how the reconciler gets on: a row is a gauge. Beyond the peer. */
import { Gauge, type Labels, type Metric } from '../src/metrics.js';
import type { Progress } from './progress.js';

interface Row {
  readonly name: string;
  readonly help: string;
  readonly values: (progress: Progress) => readonly (readonly [value: number, labels?: Labels])[];
}

const seconds = (milliseconds: number) => milliseconds / 1_000;

const rows: readonly Row[] = [
  {
    name: 'firesteel_watch_silent_seconds',
    help: 'Since a watch last heard an event or a bookmark, which comes every minute: above some minutes the API server is away.',
    values: ({ watches }) =>
      watches.map(({ resource, namespace = '', silentMilliseconds }) => [
        seconds(silentMilliseconds),
        { resource, namespace },
      ]),
  },
  {
    name: 'firesteel_queue_depth',
    help: 'Applications that wait for a worker, by lane.',
    values: ({ waiting }) => Object.entries(waiting).map(([lane, count]) => [count, { lane }]),
  },
  {
    name: 'firesteel_queue_longest_wait_seconds',
    help: 'How long the application has waited for a worker that has waited longest.',
    values: ({ longestWaitMilliseconds }) => [[seconds(longestWaitMilliseconds)]],
  },
  {
    name: 'firesteel_queue_stalled_seconds',
    help: 'For how long applications have waited for a worker while none took any.',
    values: ({ stalledMilliseconds }) => [[seconds(stalledMilliseconds)]],
  },
  {
    name: 'firesteel_longest_pass_seconds',
    help: 'For how long the pass over an application has gone on that has gone on longest.',
    values: ({ longestPassMilliseconds }) => [[seconds(longestPassMilliseconds)]],
  },
  {
    name: 'firesteel_selected_namespaces',
    help: 'Namespaces that are worked on, where they are selected by label.',
    values: ({ selectedNamespaces }) => (selectedNamespaces === undefined ? [] : [[selectedNamespaces]]),
  },
];

export function progressMetrics(progress: Progress, prefix: string): readonly Metric[] {
  return rows.map(({ name, help, values }) => {
    const gauge = new Gauge(`${prefix}${name}`, help);
    for (const [value, labels] of values(progress)) gauge.set(value, labels);
    return gauge;
  });
}
