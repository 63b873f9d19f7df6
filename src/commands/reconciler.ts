/** `firesteel reconciler`: runs SparkApplications, as the chart starts it. */
import { keepHeapSmall } from '../heap-growth.js';
import { openSession, untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readFlags } from './flags.js';
import { startReconciler } from './reconciler-process.js';

export const reconciler: Command = async (args, io) => {
  const values = readFlags(commandFlags.reconciler, args, io.environment);
  keepHeapSmall();
  const session = await openSession(values, io);
  const lost = new AbortController();
  const running = await startReconciler(session, values, io, () => lost.abort());
  await untilAborted(AbortSignal.any([io.signal, lost.signal]));
  const wasLost = !io.signal.aborted;
  if (wasLost) session.logger.error('the lease was lost; ending, so that only its new holder works');
  await running.stop();
  await session.close();
  return wasLost ? 1 : 0;
};
