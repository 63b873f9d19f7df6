/**
 * Which events are told under one: the same once more raises the count of the first; and when many of one reason are about one
 * object, as of an application with a thousand executors, one speaks for all that come after the first few (as client-go's
 * correlator does, but without ever dropping any). Bounded, and forgetful: what nobody adds to for a while begins anew.
 */
import type { RecordedEvent } from './event-body.js';

interface Series<Told> {
  /** By message. */
  readonly single: Map<string, Told>;
  combined: Told | undefined;
  lastAt: number;
}

interface EventSeriesOptions<Told> {
  /** Messages of one reason about one object that are told one by one. */
  readonly maximumSimilar: number;
  /** Makes the event that stands for it from now on. */
  readonly begin: (event: RecordedEvent) => Told;
  /** Adds to an event; its message is now that of the latest. */
  readonly add: (told: Told, event: RecordedEvent) => void;
}

/** As client-go: after so long without any, a series is over. */
const windowMilliseconds = 10 * 60_000;
const maximumSeries = 4_096;

export class EventSeries<Told> {
  readonly #options: EventSeriesOptions<Told>;
  /** The one that was added to last comes last. */
  readonly #series = new Map<string, Series<Told>>();

  constructor(options: EventSeriesOptions<Told>) {
    this.#options = options;
  }

  /** Under which event this one is told, and whether that is a new one. */
  take(event: RecordedEvent, now: number): { readonly told: Told; readonly isNew: boolean } {
    const { maximumSimilar, begin, add } = this.#options;
    const series = this.#seriesOf(event, now);
    const same = series.single.get(event.message);
    if (same !== undefined) {
      add(same, event);
      return { told: same, isNew: false };
    }
    if (series.single.size < maximumSimilar) {
      const told = begin(event);
      series.single.set(event.message, told);
      return { told, isNew: true };
    }
    const combined = { ...event, message: `(combined from similar events): ${event.message}` };
    if (series.combined !== undefined) {
      add(series.combined, combined);
      return { told: series.combined, isNew: false };
    }
    series.combined = begin(combined);
    return { told: series.combined, isNew: true };
  }

  #seriesOf({ object, type, reason }: RecordedEvent, now: number): Series<Told> {
    const key = JSON.stringify([object.uid, type, reason]);
    const known = this.#series.get(key);
    const isOver = known === undefined || now - known.lastAt > windowMilliseconds;
    const series = isOver ? { single: new Map<string, Told>(), combined: undefined, lastAt: now } : known;
    series.lastAt = now;
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > maximumSeries && oldest !== undefined) this.#series.delete(oldest);
    return series;
  }
}
