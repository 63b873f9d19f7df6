/** What the processes of the benchmark tell each other. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const runRequest = z.object({
  prefix: z.string(),
  namespaces: z.array(z.string()),
  count: z.number(),
  /** At a steady pace; left out: as fast as they end. */
  perMinute: z.number().optional(),
  /** More are not begun before some have ended. */
  maximumUnfinished: z.number(),
});
export type RunRequest = z.infer<typeof runRequest>;

export const runResults = z.object({ completed: z.number(), failed: z.number() });
export type RunResults = z.infer<typeof runResults>;

export const replayRequest = z.object({
  auditLog: z.string(),
  namespace: z.string(),
  count: z.number(),
  concurrency: z.number(),
});
export type ReplayRequest = z.infer<typeof replayRequest>;

export const replayResults = z.object({
  perMinute: z.number(),
  requestsPerApplication: z.number(),
  /** Of the loop itself. */
  cpuMillisecondsPerRequest: z.number(),
});

/** @param program in this folder, without its ending */
export function forkProcess(program: string, kubeconfig: string): ChildProcess {
  const file = fileURLToPath(new URL(`${program}.js`, import.meta.url));
  return fork(file, [], { execArgv: [], env: { ...process.env, KUBECONFIG: kubeconfig } });
}

/** The answer to one message. @throws when the process ends instead */
export async function ask<T>(child: ChildProcess, question: object, answer: z.ZodType<T>): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a process of the benchmark ended with ${code}`);
  });
  child.send(question);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return answer.parse(message);
}
