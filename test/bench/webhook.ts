/**
 * Reviews a second on one core: a driver pod of 10 KB, 12 edits, TLS, 20 connections. Once with annotations that repeat, as those
 * of an application's executors do, once with ones that never do, and beside both a bare HTTPS server of Node that takes and
 * gives the same bytes without looking at them: what is between is our own work.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type LoadResults, load } from './review-load.js';
import { neverRepeated, repeated } from './review-requests.js';

const connections = 20;
const warmUpMilliseconds = 3_000;
const milliseconds = 8_000;

const listening = z.object({ port: z.number(), ca: z.string() });
const usage = z.object({ cpuMilliseconds: z.number(), rssMebibytes: z.number() });

interface Measured extends LoadResults {
  /** Of all threads of the server, the garbage collector's too. */
  readonly cpuMicrosecondsPerReview: number;
  readonly rssMebibytes: number;
}

export async function webhook(): Promise<Readonly<Record<string, unknown>>> {
  const ofRepeated = await measure('webhook', repeated());
  const ofNeverRepeated = await measure('webhook', neverRepeated());
  const ofBare = await measure('echo', repeated());
  const share = ({ perSecond }: Measured) => Math.round((perSecond / ofBare.perSecond) * 100) / 100;
  return {
    connections,
    repeated: ofRepeated,
    neverRepeated: ofNeverRepeated,
    bareHttps: ofBare,
    repeatedToBare: share(ofRepeated),
    neverRepeatedToBare: share(ofNeverRepeated),
  };
}

async function measure(kind: 'webhook' | 'echo', nextRequest: () => Buffer): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('review-server.js', import.meta.url)), [kind], { execArgv: [] });
  try {
    const { port, ca } = listening.parse(await message(child));
    pinToOneCore(child);
    const options = { port, ca, connections, nextRequest };
    await load({ ...options, milliseconds: warmUpMilliseconds });
    const before = await usageOf(child);
    const results = await load({ ...options, milliseconds });
    const after = await usageOf(child);
    const cpuMilliseconds = after.cpuMilliseconds - before.cpuMilliseconds;
    return {
      ...results,
      cpuMicrosecondsPerReview: Math.round((cpuMilliseconds * 1_000) / results.requests),
      rssMebibytes: after.rssMebibytes,
    };
  } finally {
    child.kill();
  }
}

/** Where the system can: the load is made on the other ones. */
function pinToOneCore({ pid }: ChildProcess): void {
  spawnSync('taskset', ['-a', '-p', '-c', '0', String(pid)], { stdio: 'ignore' });
}

async function usageOf(child: ChildProcess): Promise<z.infer<typeof usage>> {
  const answer = message(child);
  child.send('usage');
  return usage.parse(await answer);
}

async function message(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  const [answer] = await Promise.race([once(child, 'message'), ended]);
  return answer;
}
