/** What a command needs to talk to a cluster: a client, the clock, a log, and the namespace it lives in. */

import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Clock, pause, systemClock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { ApiClient } from '../kube/api-client.js';
import { ApiError, ApiUnreachable } from '../kube/api-error.js';
import { BackOff } from '../kube/back-off.js';
import { connect } from '../kube/connection.js';
import { HttpApiClient } from '../kube/http-api-client.js';
import { LimitedClient } from '../kube/limited-client.js';
import { createLogger, type Logger, type LogLevel } from '../log.js';
import { version } from '../version.js';
import type { CommandIo } from './command.js';

export interface ClusterSession {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Namespace of the pod, or `default` outside a cluster. */
  readonly ownNamespace: string;
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

interface SessionOptions {
  readonly kubeconfig: string | undefined;
  readonly 'log-level': LogLevel;
  /** Of requests a second; 0, or left out: no limit. */
  readonly 'kube-api-qps'?: number;
  readonly 'kube-api-burst'?: number;
}

export async function openSession(options: SessionOptions, io: CommandIo): Promise<ClusterSession> {
  setMaxListeners(0, io.signal);
  const connection = await connect({ kubeconfig: options.kubeconfig }, io.environment);
  const client = new HttpApiClient(connection, { userAgent: `firesteel/${version}` });
  return {
    client: limited(client, options),
    clock: systemClock,
    random: Math.random,
    logger: createLogger(options['log-level']),
    ownNamespace: readOwnNamespace() ?? 'default',
    signal: io.signal,
    close: () => client.close(),
  };
}

function limited(client: ApiClient, options: SessionOptions): ApiClient {
  const { 'kube-api-qps': perSecond = 0, 'kube-api-burst': burst = 1 } = options;
  return perSecond === 0 ? client : new LimitedClient(client, { perSecond, burst }, systemClock);
}

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

function readOwnNamespace(): string | undefined {
  try {
    return readFileSync(namespaceFile, 'utf8').trim();
  } catch {
    // Outside a pod there is no such file, which is all that matters here.
    return undefined;
  }
}

/** Repeats `attempt` while the API server is away or overloaded, and says so; other errors are the caller's. */
export async function untilAnswered<T>(session: ClusterSession, what: string, attempt: () => Promise<T>): Promise<T> {
  const backOff = new BackOff({ initialMilliseconds: 500, maximumMilliseconds: 30_000, random: session.random });
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isPassing(error) || session.signal.aborted) throw error;
      const milliseconds = backOff.next();
      session.logger.warn({ reason: messageOf(error), retryInMilliseconds: milliseconds }, `${what}: trying again`);
      await pause(session.clock, milliseconds, session.signal);
    }
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof ApiUnreachable || (error instanceof ApiError && (error.status >= 500 || error.status === 429))
  );
}

/** Resolves when the process is asked to end. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
