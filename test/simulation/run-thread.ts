/**
 * A thread that makes the runs of batches of seeds, one batch at a time. Tests make their many runs in one too: the test runner
 * of Node follows every promise of its own thread, which makes a run take twice as long there.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FiguresData } from './figures.js';
import type { BrokenInvariant } from './world.js';

/** What a thread is asked. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  /** By name; left out: by the seed. */
  readonly kind?: string | undefined;
  readonly bug?: string | undefined;
  /** Past runs that break a promise. */
  readonly goOn: boolean;
}

export interface BrokenRun extends BrokenInvariant {
  readonly seed: number;
}

/** What it answers. */
export interface BatchResult {
  readonly figures: FiguresData;
  readonly broken: readonly BrokenRun[];
}

export class RunThread {
  readonly #worker = new Worker(new URL('./batch-worker.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });

  /** @throws {Error} what the thread died of */
  async run(batch: Batch): Promise<BatchResult> {
    const answered = once(this.#worker, 'message');
    this.#worker.postMessage(batch);
    const [result]: BatchResult[] = await answered;
    if (result === undefined) throw new Error('the thread has answered without a result');
    return result;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
