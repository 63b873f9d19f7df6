/**
 * `firesteel run`: reconciler and webhook in one process against any cluster, for development and tests. The API server
 * reaches the webhook by URL, by default on this machine.
 */
import { openSession, untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readFlags } from './flags.js';
import { startReconciler } from './reconciler-process.js';
import { startWebhook } from './webhook-process.js';

export const run: Command = async (args, io) => {
  const values = readFlags(commandFlags.run, args, io.environment);
  const session = await openSession(values, io);
  const lost = new AbortController();
  try {
    const url = values['webhook-url'] ?? `https://127.0.0.1:${values['webhook-port']}`;
    const webhook = await startWebhook(session, { ...values, 'webhook-url': url });
    // One process has one place for its probes.
    const flags = { ...values, 'health-probe-bind-address': '0' };
    const reconciler = await startReconciler(session, flags, io, () => lost.abort());
    await untilAborted(AbortSignal.any([io.signal, lost.signal]));
    await Promise.all([reconciler.stop(), webhook.stop()]);
  } catch (error) {
    // Asked to end while the API server was away: there is nothing to report.
    if (!io.signal.aborted) throw error;
  } finally {
    await session.close();
  }
  return io.signal.aborted ? 0 : 1;
};
