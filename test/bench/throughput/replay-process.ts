/**
 * The limit: a bare loop that sends exactly the requests of the run (those of the load and of the node too) and thinks nothing,
 * while as many watches as in the run take in what it changes.
 */
import { once } from 'node:events';
import { Pool } from 'undici';
import { connect } from '../../../src/kube/connection.js';
import { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { pods, resourcePath, sparkApplications } from '../../../src/kube/resources.js';
import { tlsOptions } from '../../../src/kube/tls-options.js';
import { type AuditEntry, answeredAt, readAuditLog, recordedNamespace } from './audit-log.js';
import { type ReplayRequest, replayRequest } from './messages.js';
import { RecordedApplication, type RecordedRequest } from './recorded-requests.js';

const connection = await connect({}, process.env);
const pool = new Pool(new URL(connection.server).origin, { connections: 32, connect: tlsOptions(connection) });
const authorization = (await connection.authorization()) ?? '';

process.on('message', (message) => {
  void replay(replayRequest.parse(message)).then((results) => process.send?.(results));
});

async function replay({ auditLog, namespace, count, concurrency }: ReplayRequest) {
  const recorded = new RecordedApplication(await recordedEntries(auditLog), 'recorded-0');
  const watching = new AbortController();
  for (const resource of [sparkApplications, sparkApplications, pods, pods]) {
    void drain(resourcePath(resource), watching.signal);
  }
  const begin = Date.now();
  const cpuBefore = process.cpuUsage();
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await recorded.replay(`replayed-${index}`, namespace, send);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const minutes = (Date.now() - begin) / 60_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  watching.abort();
  return {
    perMinute: Math.round(count / minutes),
    requestsPerApplication: recorded.requests,
    cpuMillisecondsPerRequest: (user + system) / 1_000 / (count * recorded.requests),
  };
}

async function recordedEntries(path: string): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of readAuditLog(path)) {
    if (entry.objectRef?.namespace === recordedNamespace) entries.push(entry);
  }
  return entries.sort((a, b) => answeredAt(a) - answeredAt(b));
}

async function send({ method, path, body }: RecordedRequest): Promise<string> {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const answer = await pool.request({ method, path, body, headers: { authorization, 'content-type': type } });
  const text = await answer.body.text();
  if (answer.statusCode >= 400 && answer.statusCode !== 404) throw new Error(`${method} ${path}: ${text}`);
  return text;
}

async function drain(path: string, signal: AbortSignal): Promise<void> {
  const client = new HttpApiClient(connection);
  for await (const _ of client.lines({ method: 'GET', path, query: { watch: 'true' } }, signal)) {
    // Taken in, not looked at.
  }
}

await once(process, 'disconnect');
process.exit();
