/**
 * Metrics of this process, as Prometheus reads them (text exposition format 0.0.4). Each is there from the start; of one with
 * labels, each combination from its first value on. What goes into labels is of our own choosing and bounded, never what
 * somebody sends.
 */
export type Labels = Readonly<Record<string, string>>;

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** Lines without the name in front: what follows it, labels included, and the value. */
  samples(): readonly (readonly [suffix: string, value: number])[];
}

/** The value of one combination of labels. */
interface Cell {
  value: number;
}

/** Values by their labels. */
class Series {
  readonly #cells = new Map<string, Cell>();

  cellOf(labels: Labels): Cell {
    const key = labelText(labels);
    const cell = this.#cells.get(key) ?? { value: 0 };
    this.#cells.set(key, cell);
    return cell;
  }

  zero(): void {
    for (const cell of this.#cells.values()) cell.value = 0;
  }

  samples(): (readonly [string, number])[] {
    return this.#cells.size === 0 ? [['', 0]] : [...this.#cells].map(([labels, { value }]) => [labels, value]);
  }
}

/** A metric that is one value for each combination of its labels. */
abstract class Values {
  protected readonly series = new Series();

  /** @param name of a counter with `_total` at its end, unless the peer calls it otherwise */
  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  samples() {
    return this.series.samples();
  }
}

export class Counter extends Values implements Metric {
  readonly type = 'counter';

  /** By 0: it is there from now on. */
  increment(labels: Labels = {}, by = 1): void {
    this.series.cellOf(labels).value += by;
  }

  /** Increments by 1 what carries `labels`: for what is counted too often to write them out each time. */
  incrementing(labels: Labels): () => void {
    const cell = this.series.cellOf(labels);
    return () => {
      cell.value += 1;
    };
  }

  get count(): number {
    return this.samples().reduce((sum, [, value]) => sum + value, 0);
  }
}

export class Gauge extends Values implements Metric {
  readonly type = 'gauge';

  set(value: number, labels: Labels = {}): void {
    this.series.cellOf(labels).value = value;
  }

  add(value: number, labels: Labels = {}): void {
    this.series.cellOf(labels).value += value;
  }

  /** All values, of what is counted anew each time that it is read. */
  zero(): void {
    this.series.zero();
  }
}

/** Of seconds; the bounds are controller-runtime's and Prometheus' own, so that dashboards fit. */
const defaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Histogram implements Metric {
  readonly type = 'histogram';
  readonly #courses = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>();

  constructor(
    readonly name: string,
    readonly help: string,
    private readonly bounds: readonly number[] = defaultBounds,
  ) {}

  /** It is there from now on. */
  initialise(labels: Labels): void {
    this.#courseOf(labels);
  }

  observe(value: number, labels: Labels = {}): void {
    this.observing(labels)(value);
  }

  /** Observes what carries `labels`: for what is observed too often to write them out each time. */
  observing(labels: Labels): (value: number) => void {
    const course = this.#courseOf(labels);
    return (value) => {
      const bucket = this.bounds.findIndex((bound) => value <= bound);
      if (bucket >= 0) course.counts[bucket] = (course.counts[bucket] ?? 0) + 1;
      course.sum += value;
      course.count += 1;
    };
  }

  #courseOf(labels: Labels) {
    const key = labelText(labels);
    const course = this.#courses.get(key) ?? { labels, counts: this.bounds.map(() => 0), sum: 0, count: 0 };
    this.#courses.set(key, course);
    return course;
  }

  samples() {
    return [...this.#courses.values()].flatMap(({ labels, counts, sum, count }) => {
      let below = 0;
      const buckets = this.bounds.map((bound, index) => {
        below += counts[index] ?? 0;
        return [`_bucket${labelText({ ...labels, le: String(bound) })}`, below] as const;
      });
      return [
        ...buckets,
        [`_bucket${labelText({ ...labels, le: '+Inf' })}`, count] as const,
        [`_sum${labelText(labels)}`, sum] as const,
        [`_count${labelText(labels)}`, count] as const,
      ];
    });
  }
}

/** Sum and count of what was observed, without quantiles. */
export class Summary implements Metric {
  readonly type = 'summary';
  readonly #sums = new Series();
  readonly #counts = new Series();

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  /** It is there from now on. */
  initialise(labels: Labels): void {
    this.#sums.cellOf(labels);
    this.#counts.cellOf(labels);
  }

  observe(value: number, labels: Labels = {}): void {
    this.#sums.cellOf(labels).value += value;
    this.#counts.cellOf(labels).value += 1;
  }

  samples() {
    const named = (suffix: string, series: Series) =>
      series.samples().map(([labels, value]) => [`${suffix}${labels}`, value] as const);
    return [...named('_sum', this.#sums), ...named('_count', this.#counts)];
  }
}

export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .map((metric) => {
      const { name, help, type } = metric;
      const lines = metric.samples().map(([suffix, value]) => `${name}${suffix} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}
