/** `firesteel webhook`: the admission server, as the chart starts it. */
import { openSession, untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readFlags } from './flags.js';
import { startWebhook } from './webhook-process.js';

export const webhook: Command = async (args, io) => {
  const values = readFlags(commandFlags.webhook, args, io.environment);
  const session = await openSession(values, io);
  try {
    const running = await startWebhook(session, values);
    await untilAborted(io.signal);
    await running.stop();
  } catch (error) {
    // Asked to end while the API server was away: there is nothing to report.
    if (!io.signal.aborted) throw error;
  } finally {
    await session.close();
  }
  return 0;
};
