/** spark-submit with the clock, the user and the network of this process. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { systemClock } from '../clock.js';
import type { Command } from './command.js';
import { sparkSubmit } from './spark-submit.js';

export const sparkSubmitProcess: Command = (args, io) =>
  sparkSubmit(args, {
    ...io,
    loginUser: userInfo().username,
    clock: systemClock,
    submissionId: randomUUID,
    // What only a cluster needs is loaded when there is one: a dry run is done in half the time.
    connect: async (server, conf) =>
      (await import('./spark-submit-connection.js')).connectToMaster(server, conf, io.environment),
  });
