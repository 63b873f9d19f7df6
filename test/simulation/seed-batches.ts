/** Many runs on several cores: threads take batches of seeds until all are done, or, unless told to go on, a run breaks a promise. */
import { Figures } from './figures.js';
import { type Batch, type BatchResult, type BrokenRun, RunThread } from './run-thread.js';

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

async function workOff(take: () => Batch | undefined, onResult: (result: BatchResult) => void): Promise<void> {
  const thread = new RunThread();
  try {
    for (let batch = take(); batch !== undefined; batch = take()) onResult(await thread.run(batch));
  } finally {
    await thread.end();
  }
}
