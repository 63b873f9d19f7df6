/**
 * `firesteel run`: reconciler and webhook in one process against any cluster, for development and tests. The API server
 * reaches the webhook by URL, by default on this machine.
 */
import { openSession, untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { readFlags } from './flags.js';
import { reconcilerFlags, startReconciler } from './reconciler-process.js';
import { startWebhook, webhookFlags } from './webhook-process.js';

export const runFlags = [...new Set([...reconcilerFlags, ...webhookFlags])] as const;

export const run: Command = async (args, io) => {
  const values = readFlags(runFlags, args, io.environment);
  const session = await openSession(values, io);
  const lost = new AbortController();
  try {
    const url = values['webhook-url'] ?? `https://127.0.0.1:${values['webhook-port']}`;
    const webhook = await startWebhook(session, { ...values, 'webhook-url': url });
    const reconciler = startReconciler(session, values, io, () => lost.abort());
    await untilAborted(AbortSignal.any([io.signal, lost.signal]));
    await Promise.all([reconciler.stop(), webhook.stop()]);
  } finally {
    await session.close();
  }
  return io.signal.aborted ? 0 : 1;
};
