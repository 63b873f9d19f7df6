/** One thread of many runs: makes the runs of each batch that it is handed. */
import { parentPort } from 'node:worker_threads';
import { Figures } from './figures.js';
import { bugNamed } from './planted-bugs.js';
import { run } from './run.js';
import { kindNamed, kindOf } from './run-kinds.js';
import type { Batch, BatchResult } from './seed-batches.js';

async function runBatch({ first, count, kind, bug }: Batch): Promise<BatchResult> {
  const figures = new Figures();
  const planted = bug === undefined ? {} : { plantedBug: bugNamed(bug) };
  for (let seed = first; seed < first + count; seed += 1) {
    const broken = await run({ seed, kind: kind === undefined ? kindOf(seed) : kindNamed(kind), figures, ...planted });
    if (broken !== undefined) return { figures, broken: { ...broken, seed } };
  }
  return { figures };
}

parentPort?.on('message', async (batch: Batch) => parentPort?.postMessage(await runBatch(batch)));
