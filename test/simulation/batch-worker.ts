/** One thread of many runs: makes the runs of each batch that it is handed. */
import { parentPort } from 'node:worker_threads';
import { Figures } from './figures.js';
import { bugNamed } from './planted-bugs.js';
import { run } from './run.js';
import { kindNamed, kindOf } from './run-kinds.js';
import type { Batch, BatchResult, BrokenRun } from './run-thread.js';

async function runBatch({ first, count, kind, bug, goOn }: Batch): Promise<BatchResult> {
  const figures = new Figures();
  const planted = bug === undefined ? {} : { plantedBug: bugNamed(bug) };
  const broken: BrokenRun[] = [];
  for (let seed = first; seed < first + count && (goOn || broken.length === 0); seed += 1) {
    const found = await run({ seed, kind: kind === undefined ? kindOf(seed) : kindNamed(kind), figures, ...planted });
    if (found !== undefined) broken.push({ ...found, seed });
  }
  return { figures, broken };
}

parentPort?.on('message', async (batch: Batch) => parentPort?.postMessage(await runBatch(batch)));
