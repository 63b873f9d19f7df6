/**
 * Reviews a second on one core: a driver pod of 10 KB, 12 edits, TLS, 20 connections. Once with annotations that repeat, as those
 * of an application's executors do, once with ones that never do, and beside both a bare HTTPS server of Node that takes and
 * gives the same bytes without looking at them: what is between is our own work. They take turns, so that whatever else the
 * machine does hits all of them alike.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type LoadOptions, LoadRecord, type LoadResults, load } from './review-load.js';
import { type NextRequest, neverRepeated, repeated } from './review-requests.js';

const connections = 20;
/** Until V8 has compiled what is asked often: some ten thousand reviews. A webhook runs for weeks. */
const warmUpMilliseconds = 10_000;
const turns = 5;
const turnMilliseconds = 2_000;

/** As docs/operations.md recommends for the webhook: nurseries of 16 MiB, Node's default, are most of its memory under load. */
const execArgv = ['--max-semi-space-size=8'];

const listening = z.object({ port: z.number(), ca: z.string() });
const usage = z.object({ cpuMilliseconds: z.number(), rssMebibytes: z.number() });

interface Measured extends LoadResults {
  /** Of all threads of the server, the garbage collector's too. */
  readonly cpuMicrosecondsPerReview: number;
  readonly rssMebibytes: number;
}

export async function webhook(): Promise<Readonly<Record<string, unknown>>> {
  const ofRepeated = await Candidate.start('webhook', repeated());
  const ofNeverRepeated = await Candidate.start('webhook', neverRepeated());
  const ofBare = await Candidate.start('echo', repeated());
  const candidates = [ofRepeated, ofNeverRepeated, ofBare];
  try {
    for (let turn = 0; turn < turns; turn += 1) for (const candidate of candidates) await candidate.takeTurn();
    const bare = await ofBare.results();
    const results = { repeated: await ofRepeated.results(), neverRepeated: await ofNeverRepeated.results() };
    return {
      connections,
      ...results,
      bareHttps: bare,
      repeatedToBare: share(results.repeated, bare),
      neverRepeatedToBare: share(results.neverRepeated, bare),
    };
  } finally {
    for (const candidate of candidates) candidate.stop();
  }
}

function share({ perSecond }: Measured, bare: Measured): number {
  return Math.round((perSecond / bare.perSecond) * 100) / 100;
}

/** A server that is measured, with the load on it. */
class Candidate {
  readonly #record = new LoadRecord();
  #cpuMilliseconds = 0;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: Omit<LoadOptions, 'milliseconds'>,
  ) {}

  static async start(kind: 'webhook' | 'echo', nextRequest: NextRequest): Promise<Candidate> {
    const child = fork(fileURLToPath(new URL('review-server.js', import.meta.url)), [kind], { execArgv });
    const { port, ca } = listening.parse(await message(child));
    pinToOneCore(child);
    const options = { port, ca, connections, nextRequest };
    await load({ ...options, milliseconds: warmUpMilliseconds }, new LoadRecord());
    return new Candidate(child, options);
  }

  async takeTurn(): Promise<void> {
    const before = await usageOf(this.child);
    await load({ ...this.options, milliseconds: turnMilliseconds }, this.#record);
    const after = await usageOf(this.child);
    this.#cpuMilliseconds += after.cpuMilliseconds - before.cpuMilliseconds;
  }

  async results(): Promise<Measured> {
    const results = this.#record.results();
    const { rssMebibytes } = await usageOf(this.child);
    return {
      ...results,
      cpuMicrosecondsPerReview: Math.round((this.#cpuMilliseconds * 1_000) / results.requests),
      rssMebibytes,
    };
  }

  stop(): void {
    this.child.kill();
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
  const waiting = new AbortController();
  const { signal } = waiting;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  try {
    const [answer] = await Promise.race([once(child, 'message', { signal }), ended]);
    return answer;
  } finally {
    waiting.abort();
  }
}
