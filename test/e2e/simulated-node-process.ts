/** The simulated node as a process of its own, for the namespace of the first argument: it outlives whatever is killed beside it. */
import { systemClock } from '../../src/clock.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { createLogger } from '../../src/log.js';
import { SimulatedNode } from '../../src/sandbox/simulated-node.js';

const [namespace = ''] = process.argv.slice(2);
const connection = await connect({ kubeconfig: process.env['KUBECONFIG'] }, {});
const client = new HttpApiClient(connection);
const logger = createLogger('info');
new SimulatedNode({ client, clock: systemClock, random: Math.random, logger, namespace }).start();
