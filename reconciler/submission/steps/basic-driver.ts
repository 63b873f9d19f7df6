/** BasicDriverFeatureStep: image, resources, ports, environment, labels and scheduling of the driver pod. */
import type { EnvVar } from 'kubernetes-types/core/v1.js';
import { type Driver, unlessEmpty, withContainer, withEnv, withProperties } from '../driver.js';
import { driverAnnotations, driverLabels } from '../driver-labels.js';
import { driverMemory } from '../driver-memory.js';
import { containerPorts } from '../driver-ports.js';
import { javaDoubleText } from '../java-double.js';
import { withSparkVersion } from '../placeholders.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';

export function basicDriver(driver: Driver, submission: Submission): Driver {
  const podName = driverPodName(submission);
  const memory = driverMemory(submission);
  const withPod = pod(driver, submission, podName);
  return withProperties(container(withPod, submission, `${memory.totalMebibytes}Mi`), {
    'spark.kubernetes.driver.pod.name': podName,
    'spark.app.id': submission.ids.applicationId,
    'spark.kubernetes.submitInDriver': 'true',
    'spark.kubernetes.memoryOverheadFactor': javaDoubleText(memory.defaultOverheadFactor),
  });
}

function driverPodName({ conf, resourceNamePrefix }: Submission): string {
  return conf.text('spark.kubernetes.driver.pod.name') ?? `${resourceNamePrefix}-driver`;
}

function pod(driver: Driver, submission: Submission, podName: string): Driver {
  const { conf } = submission;
  const schedulerName = conf.firstText('spark.kubernetes.driver.scheduler.name', 'spark.kubernetes.scheduler.name');
  const pullSecrets = conf.list('spark.kubernetes.container.image.pullSecrets').map((name) => ({ name }));
  const nodeSelector = new Map([
    ...Object.entries(driver.spec.nodeSelector ?? {}),
    ...conf.withPrefix('spark.kubernetes.node.selector.'),
    ...conf.withPrefix('spark.kubernetes.driver.node.selector.'),
  ]);
  const imagePullSecrets = [...(driver.spec.imagePullSecrets ?? []), ...pullSecrets];
  return {
    ...driver,
    metadata: {
      ...driver.metadata,
      name: podName,
      labels: { ...driver.metadata.labels, ...Object.fromEntries(driverLabels(submission)) },
      ...unlessEmpty(
        'annotations',
        new Map([...Object.entries(driver.metadata.annotations ?? {}), ...driverAnnotations(submission)]),
      ),
    },
    spec: {
      ...driver.spec,
      restartPolicy: 'Never',
      ...unlessEmpty('nodeSelector', nodeSelector),
      ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets }),
      ...(schedulerName === undefined ? {} : { schedulerName }),
    },
  };
}

const pullPolicies = ['Always', 'Never', 'IfNotPresent'];

function container(driver: Driver, submission: Submission, memory: string): Driver {
  const { conf } = submission;
  const cpu = conf.text('spark.kubernetes.driver.request.cores') ?? String(conf.integer('spark.driver.cores') ?? 1);
  const cpuLimit = conf.text('spark.kubernetes.driver.limit.cores');
  const { resources } = driver.container;
  const ports = containerPorts(submission).map(({ name, number }) => ({
    name,
    containerPort: number,
    protocol: 'TCP',
  }));
  const changed = withContainer(driver, {
    image: image(submission),
    imagePullPolicy: conf.oneOf('spark.kubernetes.container.image.pullPolicy', pullPolicies, 'IfNotPresent'),
    ports: [...(driver.container.ports ?? []), ...ports],
    resources: {
      ...resources,
      requests: { ...resources?.requests, cpu, memory },
      limits: {
        ...resources?.limits,
        ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }),
        memory,
        ...customResources(submission),
      },
    },
    ...securityContext(driver, submission),
  });
  return withEnv(changed, environment(submission));
}

const resourcePrefix = 'spark.driver.resource.';

/** Limits such as `nvidia.com/gpu`, one for each `spark.driver.resource.<name>.amount` above 0. */
function customResources({ conf }: Submission): Readonly<Record<string, string>> {
  const names = [...conf.withPrefix(resourcePrefix).keys()].flatMap((key) => /^(.+)\.amount$/s.exec(key)?.[1] ?? []);
  const limits = names.flatMap((name): [string, string][] => {
    const amount = conf.integer(`${resourcePrefix}${name}.amount`) ?? 0;
    if (amount <= 0) return [];
    const vendor = conf.text(`${resourcePrefix}${name}.vendor`);
    if (vendor === undefined) {
      throw refused(`${resourcePrefix}${name}.vendor: Resource ${name} was requested, but vendor was not specified`);
    }
    return [[`${vendor}/${name}`, String(amount)]];
  });
  return Object.fromEntries(limits);
}

function image({ conf, differences, version }: Submission): string {
  const image = conf.firstText('spark.kubernetes.driver.container.image', 'spark.kubernetes.container.image');
  if (image === undefined) {
    throw refused('Must specify the driver container image: set spark.kubernetes.container.image');
  }
  return differences.versionPlaceholderInImage ? withSparkVersion(image, version.text) : image;
}

const escalationKey = 'securityContext.allowPrivilegeEscalation';

function securityContext(
  driver: Driver,
  { conf, differences }: Submission,
): Pick<Driver['container'], 'securityContext'> {
  if (!differences.allowPrivilegeEscalation) return {};
  const allowPrivilegeEscalation =
    conf.boolean(`spark.kubernetes.driver.${escalationKey}`) ??
    conf.boolean(`spark.kubernetes.${escalationKey}`) ??
    false;
  return { securityContext: { ...driver.container.securityContext, allowPrivilegeEscalation } };
}

function environment(submission: Submission): readonly EnvVar[] {
  const custom = [...submission.conf.withPrefix('spark.kubernetes.driverEnv.')];
  return [
    { name: 'SPARK_USER', value: sparkUser(submission) },
    { name: 'SPARK_APPLICATION_ID', value: submission.ids.applicationId },
    ...custom.map(([name, value]) => ({ name, value })),
    {
      name: 'SPARK_DRIVER_BIND_ADDRESS',
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } },
    },
  ];
}

/** It decides the Hadoop user name in the driver. */
function sparkUser({ environment, proxyUser, differences }: Submission): string {
  const { sparkUser, loginUser = 'spark' } = environment;
  const named = differences.proxyUserBeforeSparkUser ? (proxyUser ?? sparkUser) : (sparkUser ?? proxyUser);
  return named ?? loginUser;
}
