/** `firesteel webhook`: the admission server, as the chart starts it. */
import { openSession, untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { readFlags } from './flags.js';
import { startWebhook, webhookFlags } from './webhook-process.js';

export const webhook: Command = async (args, io) => {
  const values = readFlags(webhookFlags, args, io.environment);
  const session = await openSession(values, io);
  try {
    const running = await startWebhook(session, values);
    await untilAborted(io.signal);
    await running.stop();
  } finally {
    await session.close();
  }
  return 0;
};
