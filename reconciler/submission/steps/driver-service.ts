/** DriverServiceFeatureStep: the headless Service by which executors find the driver. */
import { type Driver, unlessEmpty, withProperties, withResource } from '../driver.js';
import { applicationLabel, driverLabels } from '../driver-labels.js';
import { type DriverPort, driverBlockManagerPortKey, driverPortKey, servicePorts } from '../driver-ports.js';
import { driverServiceName } from '../names.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';

const ipFamilyPolicies = ['SingleStack', 'PreferDualStack', 'RequireDualStack'];
const ipFamilies = ['IPv4', 'IPv6', 'IPv4,IPv6', 'IPv6,IPv4'];

export function driverService(driver: Driver, submission: Submission): Driver {
  const { conf, differences, namespace, ids } = submission;
  if (conf.entries.has('spark.driver.bindAddress')) {
    throw refused(
      'spark.driver.bindAddress is not supported on Kubernetes: the driver binds to the address of its pod',
    );
  }
  const name = driverServiceName(submission.resourceNamePrefix, ids);
  const ports = servicePorts(submission);
  const withService = withResource(driver, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      labels: {
        [applicationLabel]: ids.applicationId,
        ...Object.fromEntries(conf.withPrefix('spark.kubernetes.driver.service.label.')),
      },
      ...unlessEmpty('annotations', conf.withPrefix('spark.kubernetes.driver.service.annotation.')),
    },
    spec: {
      clusterIP: 'None',
      ipFamilyPolicy: conf.oneOf('spark.kubernetes.driver.service.ipFamilyPolicy', ipFamilyPolicies, 'SingleStack'),
      ipFamilies: conf.oneOf('spark.kubernetes.driver.service.ipFamilies', ipFamilies, 'IPv4').split(','),
      selector: Object.fromEntries(driverLabels(submission)),
      ports: ports.map((port) => ({
        name: port.name,
        port: port.number,
        targetPort: port.number,
        ...(port.name === 'spark-connect' && differences.sparkConnectAppProtocol ? { appProtocol: 'grpc' } : {}),
      })),
      ...publishNotReadyAddresses(submission),
    },
  });
  return withProperties(withService, {
    'spark.driver.host': `${name}.${namespace}.svc`,
    [driverPortKey]: numberOf(ports, 'driver-rpc-port'),
    [driverBlockManagerPortKey]: numberOf(ports, 'blockmanager'),
  });
}

function publishNotReadyAddresses({ conf, differences }: Submission): { publishNotReadyAddresses?: boolean } {
  if (!differences.publishNotReadyAddresses) return {};
  const publish = conf.boolean('spark.kubernetes.driver.service.publishNotReadyAddresses') ?? false;
  return { publishNotReadyAddresses: publish };
}

function numberOf(ports: readonly DriverPort[], name: DriverPort['name']): string {
  return String(ports.find((port) => port.name === name)?.number);
}
