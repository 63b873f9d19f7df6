/** Many runs on several cores: threads take batches of seeds until all are done, or, unless told to go on, a run breaks a promise. */
import { Worker } from 'node:worker_threads';
import { Figures, type FiguresData } from './figures.js';
import type { BrokenInvariant } from './world.js';

/** What a thread is asked. */
export interface Batch {
  readonly first: number;
  readonly count: number;
  /** By name; left out: by the seed. */
  readonly kind: string | undefined;
  readonly bug: string | undefined;
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

export interface Batches extends Batch {
  readonly threads: number;
  /** No more batches are begun once it is aborted. */
  readonly signal: AbortSignal;
  /** Told after each batch, with the runs so far. */
  readonly onProgress: (runs: number) => void;
  readonly onBroken: (run: BrokenRun) => void;
}

const runsOfBatch = 100;

/** @throws {Error} where a thread dies */
export async function runBatches({
  first,
  count,
  kind,
  bug,
  goOn,
  threads,
  signal,
  onProgress,
  onBroken,
}: Batches): Promise<BatchResult> {
  const figures = new Figures();
  let next = first;
  const broken: BrokenRun[] = [];
  const take = (): Batch | undefined => {
    const batch = { first: next, count: Math.min(runsOfBatch, first + count - next), kind, bug, goOn };
    next += batch.count;
    return batch.count > 0 && (goOn || broken.length === 0) && !signal.aborted ? batch : undefined;
  };
  const onResult = (result: BatchResult) => {
    figures.add(result.figures);
    broken.push(...result.broken);
    result.broken.forEach(onBroken);
    onProgress(figures.runs);
  };
  await Promise.all(Array.from({ length: threads }, () => workOff(take, onResult)));
  return { figures, broken };
}

function workOff(take: () => Batch | undefined, onResult: (result: BatchResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./batch-worker.js', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    const handOut = () => {
      const batch = take();
      if (batch !== undefined) worker.postMessage(batch);
      else void worker.terminate().then(() => resolve(), reject);
    };
    worker.on('message', (result: BatchResult) => {
      onResult(result);
      handOut();
    });
    worker.on('error', reject);
    handOut();
  });
}
