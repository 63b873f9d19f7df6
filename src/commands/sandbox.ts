/** `firesteel sandbox`: the embedded API server with the CRD, and the simulated node, until the process is asked to end. */
import { createLogger } from '../log.js';
import { untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readFlags } from './flags.js';
import { writeKubeconfig } from './kubeconfig-file.js';
import { startSandboxSite } from './sandbox-site.js';

export const sandbox: Command = async (args, io) => {
  const values = readFlags(commandFlags.sandbox, args, io.environment);
  const site = await startSandboxSite(createLogger(values['log-level']), values.port);
  try {
    const file = writeKubeconfig(site.kubeconfig, values['write-kubeconfig']);
    io.out(`export KUBECONFIG=${file.path}\n`);
    await untilAborted(io.signal);
    file.remove();
  } finally {
    await site.stop();
  }
  return 0;
};
