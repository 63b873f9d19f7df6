/** The metrics of the reconciler as they stand: moved by transitions, read by whoever scrapes. */
import { Counter, Gauge, Histogram, type Labels, type Metric, Summary } from '../src/metrics.js';
import {
  applicationMetrics,
  type CounterRow,
  type GaugeRow,
  type LengthRow,
  type Transition,
} from './application-metrics.js';
import type { ApplicationRecord } from './application-record.js';
import { MetricLabels, sanitised } from './metric-labels.js';

export interface MetricsSettings {
  /** Before each name; `--metrics-prefix`. */
  readonly prefix: string;
  /** Names of labels of applications; `--metrics-labels`. */
  readonly labels: readonly string[];
  /** Upper bounds in seconds; `--metrics-job-submit-latency-buckets`, `--metrics-job-start-latency-buckets`. */
  readonly buckets: Readonly<Record<'submit' | 'start', readonly number[]>>;
}

/** The peer's. */
export const defaultMetricsSettings: MetricsSettings = {
  prefix: '',
  labels: [],
  buckets: {
    submit: [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256],
    start: [30, 60, 90, 120, 150, 180, 210, 240, 270, 300],
  },
};

/** A row of the table at work. */
interface Instrument {
  readonly metric: Metric;
  readonly of: 'application' | 'executor' | 'operator';
  /** Makes it be there with these labels, with nothing counted yet. */
  readonly initialise: (labels: Labels) => void;
  readonly move: (transition: Transition, labels: Labels) => void;
  /** Counts what is there now. */
  readonly count: (applications: readonly ApplicationRecord[], labelsOf: LabelsOf) => void;
}

type LabelsOf = (application: ApplicationRecord) => Labels;

const nothing = () => {};

export class ReconcilerMetrics {
  private readonly labels: MetricLabels;
  private readonly instruments: readonly Instrument[];

  constructor(settings: MetricsSettings = defaultMetricsSettings) {
    this.labels = new MetricLabels(settings.labels);
    this.instruments = applicationMetrics.map((row) => instrument(row, settings));
    for (const { of, initialise } of this.instruments) initialise(of === 'operator' ? {} : this.labels.unknown);
  }

  /** An application that was not seen before: what is counted of its like is there from 0 on. */
  added(application: ApplicationRecord): void {
    if (this.labels.areNone) return;
    for (const { of, initialise } of this.instruments) initialise(this.labelsOf(of)(application));
  }

  moved(transition: Transition): void {
    for (const { of, move } of this.instruments) move(transition, this.labelsOf(of)(transition.record));
  }

  /** @param applications all that there are */
  read(applications: readonly ApplicationRecord[]): readonly Metric[] {
    for (const { of, count } of this.instruments) count(applications, this.labelsOf(of));
    return this.instruments.map(({ metric }) => metric);
  }

  private labelsOf(of: Instrument['of']): LabelsOf {
    return of === 'operator' ? () => ({}) : (application) => this.labels.of(application, of);
  }
}

function instrument(row: CounterRow | LengthRow | GaugeRow, settings: MetricsSettings): Instrument {
  const name = sanitised(`${settings.prefix}${row.name}`);
  const of = row.of ?? 'application';
  switch (row.type) {
    case 'counter': {
      const metric = new Counter(name, row.help);
      return {
        metric,
        of,
        initialise: (labels) => metric.increment(labels, 0),
        move: (transition, labels) => metric.increment(labels, row.by(transition)),
        count: nothing,
      };
    }
    case 'gauge': {
      const metric = new Gauge(name, row.help);
      return {
        metric,
        of,
        initialise: (labels) => metric.add(0, labels),
        move: nothing,
        count: countInto(metric, row),
      };
    }
    default: {
      const bounds = settings.buckets[row.buckets ?? 'submit'];
      const metric = row.type === 'summary' ? new Summary(name, row.help) : new Histogram(name, row.help, bounds);
      const observe = (seconds: number | undefined, labels: Labels) => {
        if (seconds !== undefined) metric.observe(seconds, labels);
      };
      return {
        metric,
        of,
        initialise: (labels) => metric.initialise(labels),
        move: (transition, labels) => observe(row.seconds(transition), labels),
        count: nothing,
      };
    }
  }
}

function countInto(metric: Gauge, row: GaugeRow): Instrument['count'] {
  return (applications, labelsOf) => {
    metric.zero();
    for (const application of applications) metric.add(row.now(application), labelsOf(application));
  };
}
