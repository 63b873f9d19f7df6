/** A watch of a test on the objects of a namespace, on the machine's own clock and without a log. */
import { systemClock } from '../../src/clock.js';
import { ListWatch, type ListWatchOptions } from '../../src/kube/list-watch.js';
import { silentLogger } from '../../src/log.js';

export class ObjectWatch {
  readonly #watch: ListWatch;

  constructor(options: Omit<ListWatchOptions, 'clock' | 'random' | 'logger'>) {
    this.#watch = new ListWatch({ ...options, clock: systemClock, random: Math.random, logger: silentLogger });
  }

  /** Until everything that is there has been told. */
  async start(): Promise<void> {
    this.#watch.start();
    await this.#watch.synced;
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }
}
