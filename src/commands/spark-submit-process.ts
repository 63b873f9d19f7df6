/** spark-submit with the clock, the user and the network of this process. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { systemClock } from '../clock.js';
import type { Command } from './command.js';
import { sparkSubmit } from './spark-submit.js';
import { connectToMaster } from './spark-submit-connection.js';

export const sparkSubmitProcess: Command = (args, io) =>
  sparkSubmit(args, {
    ...io,
    loginUser: userInfo().username,
    clock: systemClock,
    submissionId: randomUUID,
    connect: (server, conf) => connectToMaster(server, conf, io.environment),
  });
