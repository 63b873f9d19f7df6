/** The ports that a driver listens on. */
import type { Submission } from './submission.js';

export interface DriverPort {
  readonly name: 'driver-rpc-port' | 'blockmanager' | 'spark-ui' | 'spark-connect';
  readonly number: number;
}

export const driverPortKey = 'spark.driver.port';
export const driverBlockManagerPortKey = 'spark.driver.blockManager.port';
const defaultBlockManagerPort = 7079;

/** Of the container. */
export function containerPorts(submission: Submission): readonly DriverPort[] {
  return ports(submission, submission.conf.integer('spark.blockManager.port') ?? defaultBlockManagerPort);
}

/** Of the Service, and of the properties that the driver listens by; unlike the container's they ignore `spark.blockManager.port`. */
export function servicePorts(submission: Submission): readonly DriverPort[] {
  return ports(submission, defaultBlockManagerPort);
}

function ports({ conf, differences }: Submission, blockManagerDefault: number): readonly DriverPort[] {
  const connect: DriverPort = {
    name: 'spark-connect',
    number: conf.integer('spark.connect.grpc.binding.port') ?? 15002,
  };
  return [
    { name: 'driver-rpc-port', number: conf.integer(driverPortKey) ?? 7078 },
    { name: 'blockmanager', number: conf.integer(driverBlockManagerPortKey) ?? blockManagerDefault },
    { name: 'spark-ui', number: conf.integer('spark.ui.port') ?? 4040 },
    ...(differences.sparkConnectPort ? [connect] : []),
  ];
}
