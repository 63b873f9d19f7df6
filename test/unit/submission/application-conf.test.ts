import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { confOf } from '../../../reconciler/submission/application-conf.js';
import { withDefaults } from '../../../src/api/defaults.js';
import { annotationPrefix, type Role, roles } from '../../../src/api/labels.js';
import type { SparkApplication } from '../../../src/api/spark-application.js';
import { application } from '../api/manifests.js';

const submissionId = '5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f';

function confFrom(read: SparkApplication): Map<string, string> {
  return confOf({ application: read, spec: withDefaults(read.spec), submissionId, tagsExecutors: true });
}

const conf = (spec: object = {}, metadata: object = {}) => confFrom(application(spec, metadata));

const operatorLabels = (role: Role) => ({
  [`spark.kubernetes.${role}.label.sparkoperator.k8s.io/app-name`]: 'pi',
  [`spark.kubernetes.${role}.label.sparkoperator.k8s.io/launched-by-spark-operator`]: 'true',
  [`spark.kubernetes.${role}.label.sparkoperator.k8s.io/mutated-by-spark-operator`]: 'true',
  [`spark.kubernetes.${role}.label.sparkoperator.k8s.io/submission-id`]: submissionId,
});

const redaction = '(?i)secret|password|token|access[.]?key|credential';

/** What the smallest application leads to. */
const always: Readonly<Record<string, string>> = {
  'spark.kubernetes.namespace': 'jobs',
  'spark.kubernetes.container.image': 'spark:4.1.4',
  'spark.kubernetes.submission.waitAppCompletion': 'false',
  'spark.kubernetes.driver.pod.name': 'pi-driver',
  ...operatorLabels('driver'),
  'spark.kubernetes.driver.container.image': 'spark:4.1.4',
  'spark.driver.cores': '1',
  'spark.driver.memory': '1g',
  ...operatorLabels('executor'),
  'spark.executor.instances': '1',
  'spark.kubernetes.executor.container.image': 'spark:4.1.4',
  'spark.executor.cores': '1',
  'spark.executor.memory': '1g',
  'spark.kubernetes.executor.label.pod.sparkoperator.k8s.io/tagged': 'true',
  'spark.kubernetes.executor.annotation.pod.sparkoperator.k8s.io/owner-references': JSON.stringify([
    {
      apiVersion: 'sparkoperator.k8s.io/v1beta2',
      kind: 'SparkApplication',
      name: 'pi',
      uid: '11111111-2222-4333-8444-555555555555',
      controller: false,
    },
  ]),
  'spark.redaction.regex': `${redaction}|pod\\.sparkoperator\\.k8s\\.io/`,
};

interface Row {
  readonly field: string;
  readonly spec: object;
  /** Entries beside or instead of those that are always there; undefined: not there. */
  readonly gives: Readonly<Record<string, string | undefined>>;
}

const monitored = (driver: boolean, executor: boolean, prometheus: object = {}, more: object = {}) => ({
  monitoring: {
    exposeDriverMetrics: driver,
    exposeExecutorMetrics: executor,
    prometheus: { jmxExporterJar: '/p/jmx.jar', ...prometheus },
    ...more,
  },
});

const metricsConf = {
  'spark.metrics.namespace': 'jobs.pi',
  'spark.metrics.conf': '/etc/metrics/conf/metrics.properties',
};

const scraped = (role: Role, port: string) => ({
  [`spark.kubernetes.${role}.annotation.prometheus.io/scrape`]: 'true',
  [`spark.kubernetes.${role}.annotation.prometheus.io/port`]: port,
  [`spark.kubernetes.${role}.annotation.prometheus.io/path`]: '/metrics',
});

const agent = '-javaagent:/p/jmx.jar=8090:/etc/metrics/conf/prometheus.yaml';
const executorTag = 'spark.kubernetes.executor.annotation.pod.sparkoperator.k8s.io/';

/** Port and mount of the executors, which reach them through Spark. */
const executorTags = (port: object) => ({
  [`${executorTag}volumes`]: '[{"name":"pi-prom-conf-vol","configMap":{"name":"pi-prom-conf"}}]',
  [`${executorTag}volume-mounts`]: '[{"name":"pi-prom-conf-vol","mountPath":"/etc/metrics/conf","readOnly":true}]',
  [`${executorTag}ports`]: JSON.stringify([port]),
});

const monitoringRows: readonly Row[] = [
  {
    field: 'monitoring of the driver',
    spec: monitored(true, false),
    gives: { ...metricsConf, ...scraped('driver', '8090'), 'spark.driver.extraJavaOptions': agent },
  },
  {
    field: 'monitoring of the executors',
    spec: monitored(false, true),
    gives: {
      ...metricsConf,
      ...scraped('executor', '8090'),
      'spark.executor.extraJavaOptions': agent,
      ...executorTags({ name: 'jmx-exporter', containerPort: 8090, protocol: 'TCP' }),
    },
  },
  { field: 'monitoring of neither', spec: monitored(false, false), gives: metricsConf },
  {
    field: 'monitoring without Prometheus, which does nothing',
    spec: { monitoring: { exposeDriverMetrics: true, exposeExecutorMetrics: true, metricsProperties: 'a=b' } },
    gives: {},
  },
  {
    field: 'monitoring.prometheus.port and portName',
    spec: monitored(true, true, { port: 9404, portName: 'jmx' }),
    gives: {
      ...metricsConf,
      ...scraped('driver', '9404'),
      ...scraped('executor', '9404'),
      'spark.driver.extraJavaOptions': agent.replace('8090', '9404'),
      'spark.executor.extraJavaOptions': agent.replace('8090', '9404'),
      ...executorTags({ name: 'jmx', containerPort: 9404, protocol: 'TCP' }),
    },
  },
  {
    field: 'monitoring.prometheus.configFile',
    spec: monitored(true, false, { configFile: '/p/jmx.yaml' }),
    gives: {
      ...metricsConf,
      ...scraped('driver', '8090'),
      'spark.driver.extraJavaOptions': '-javaagent:/p/jmx.jar=8090:/p/jmx.yaml',
    },
  },
  {
    field: 'monitoring.metricsPropertiesFile',
    spec: monitored(true, false, {}, { metricsPropertiesFile: '/p/metrics.properties' }),
    gives: {
      ...metricsConf,
      'spark.metrics.conf': '/p/metrics.properties',
      ...scraped('driver', '8090'),
      'spark.driver.extraJavaOptions': agent,
    },
  },
  {
    field: 'monitoring with both files in the image, which needs no mount',
    spec: monitored(true, true, { configFile: '/p/jmx.yaml' }, { metricsPropertiesFile: '/p/metrics.properties' }),
    gives: {
      ...metricsConf,
      'spark.metrics.conf': '/p/metrics.properties',
      ...scraped('driver', '8090'),
      ...scraped('executor', '8090'),
      'spark.driver.extraJavaOptions': '-javaagent:/p/jmx.jar=8090:/p/jmx.yaml',
      'spark.executor.extraJavaOptions': '-javaagent:/p/jmx.jar=8090:/p/jmx.yaml',
    },
  },
  {
    field: 'monitoring, which wins over properties and annotations of the user and comes behind Java options',
    spec: {
      ...monitored(true, true),
      sparkConf: {
        'spark.metrics.namespace': 'mine',
        'spark.metrics.conf': '/mine',
        'spark.driver.extraJavaOptions': '-Dlost',
        'spark.executor.extraJavaOptions': '-Dkept',
      },
      driver: { javaOptions: '-Da -Db', annotations: { 'prometheus.io/port': '1', mine: 'kept' } },
    },
    gives: {
      ...metricsConf,
      ...scraped('driver', '8090'),
      ...scraped('executor', '8090'),
      'spark.kubernetes.driver.annotation.mine': 'kept',
      'spark.driver.extraJavaOptions': `-Da -Db ${agent}`,
      'spark.executor.extraJavaOptions': `-Dkept ${agent}`,
      ...executorTags({ name: 'jmx-exporter', containerPort: 8090, protocol: 'TCP' }),
    },
  },
];

const ofApplication: readonly Row[] = [
  {
    field: 'image',
    spec: { image: 'a/spark:3.5.1' },
    gives: {
      'spark.kubernetes.container.image': 'a/spark:3.5.1',
      'spark.kubernetes.driver.container.image': 'a/spark:3.5.1',
      'spark.kubernetes.executor.container.image': 'a/spark:3.5.1',
    },
  },
  {
    field: 'imagePullPolicy',
    spec: { imagePullPolicy: 'Always' },
    gives: { 'spark.kubernetes.container.image.pullPolicy': 'Always' },
  },
  {
    field: 'imagePullSecrets',
    spec: { imagePullSecrets: ['a', 'b'] },
    gives: { 'spark.kubernetes.container.image.pullSecrets': 'a,b' },
  },
  { field: 'imagePullSecrets, empty', spec: { imagePullSecrets: [] }, gives: {} },
  { field: 'pythonVersion', spec: { pythonVersion: '3' }, gives: { 'spark.kubernetes.pyspark.pythonVersion': '3' } },
  {
    field: 'memoryOverheadFactor',
    spec: { memoryOverheadFactor: '0.3' },
    gives: { 'spark.kubernetes.memoryOverheadFactor': '0.3' },
  },
  {
    field: 'sparkConf',
    spec: { sparkConf: { 'spark.ui.port': '4041', b: '' } },
    gives: { 'spark.ui.port': '4041', b: '' },
  },
  {
    field: 'hadoopConf, always with the prefix',
    spec: { hadoopConf: { 'fs.a': 'b', 'spark.hadoop.c': 'd' } },
    gives: { 'spark.hadoop.fs.a': 'b', 'spark.hadoop.spark.hadoop.c': 'd' },
  },
  {
    field: 'nodeSelector',
    spec: { nodeSelector: { disk: 'ssd', 'a/b': 'c' } },
    gives: { 'spark.kubernetes.node.selector.disk': 'ssd', 'spark.kubernetes.node.selector.a/b': 'c' },
  },
  { field: 'driver.podName', spec: { driver: { podName: 'x' } }, gives: { 'spark.kubernetes.driver.pod.name': 'x' } },
  {
    field: 'the property of the pod name',
    spec: { sparkConf: { 'spark.kubernetes.driver.pod.name': 'y' } },
    gives: { 'spark.kubernetes.driver.pod.name': 'y' },
  },
  {
    field: 'driver.podName and the property',
    spec: { driver: { podName: 'x' }, sparkConf: { 'spark.kubernetes.driver.pod.name': 'y' } },
    gives: { 'spark.kubernetes.driver.pod.name': 'x' },
  },
  {
    field: 'driver.kubernetesMaster',
    spec: { driver: { kubernetesMaster: 'https://k' } },
    gives: { 'spark.kubernetes.driver.master': 'https://k' },
  },
  {
    field: 'driver.serviceLabels',
    spec: { driver: { serviceLabels: { a: 'b' } } },
    gives: { 'spark.kubernetes.driver.service.label.a': 'b' },
  },
  {
    field: 'driver.serviceAnnotations',
    spec: { driver: { serviceAnnotations: { a: 'b' } } },
    gives: { 'spark.kubernetes.driver.service.annotation.a': 'b' },
  },
  { field: 'executor.instances', spec: { executor: { instances: 5 } }, gives: { 'spark.executor.instances': '5' } },
  {
    field: 'executor.deleteOnTermination',
    spec: { executor: { deleteOnTermination: false } },
    gives: { 'spark.kubernetes.executor.deleteOnTermination': 'false' },
  },
  {
    field: 'properties that stand for a default',
    spec: { sparkConf: { 'spark.driver.cores': '2', 'spark.executor.memory': '2g', 'spark.executor.instances': '7' } },
    gives: { 'spark.driver.cores': '2', 'spark.executor.memory': '2g', 'spark.executor.instances': '7' },
  },
  {
    field: 'dynamic allocation by property',
    spec: { sparkConf: { 'spark.dynamicAllocation.enabled': 'true' } },
    gives: { 'spark.dynamicAllocation.enabled': 'true', 'spark.executor.instances': undefined },
  },
  {
    field: 'dynamicAllocation',
    spec: { dynamicAllocation: { enabled: true } },
    gives: {
      'spark.executor.instances': undefined,
      'spark.dynamicAllocation.enabled': 'true',
      'spark.dynamicAllocation.shuffleTracking.enabled': 'true',
    },
  },
  {
    field: 'dynamicAllocation with all its fields',
    spec: {
      dynamicAllocation: {
        enabled: true,
        initialExecutors: 2,
        minExecutors: 0,
        maxExecutors: 9,
        shuffleTrackingEnabled: false,
        shuffleTrackingTimeout: 60_000,
      },
      executor: { instances: 3 },
    },
    gives: {
      'spark.executor.instances': '3',
      'spark.dynamicAllocation.enabled': 'true',
      'spark.dynamicAllocation.initialExecutors': '2',
      'spark.dynamicAllocation.minExecutors': '0',
      'spark.dynamicAllocation.maxExecutors': '9',
      'spark.dynamicAllocation.shuffleTracking.enabled': 'false',
      'spark.dynamicAllocation.shuffleTracking.timeout': '60000',
    },
  },
  {
    field: 'dynamicAllocation that is off',
    spec: { dynamicAllocation: { enabled: false, maxExecutors: 9 } },
    gives: {},
  },
  {
    field: 'dynamicAllocation that is off, whatever the property says about executors',
    spec: { dynamicAllocation: {}, sparkConf: { 'spark.dynamicAllocation.enabled': 'true' } },
    gives: { 'spark.dynamicAllocation.enabled': 'true' },
  },
  {
    field: 'the templates of both roles',
    spec: { driver: { template: { spec: {} } }, executor: { template: {} } },
    gives: {
      'spark.kubernetes.driver.label.sparkoperator.k8s.io/mutated-by-spark-operator': undefined,
      'spark.kubernetes.executor.label.sparkoperator.k8s.io/mutated-by-spark-operator': undefined,
      'spark.kubernetes.driver.podTemplateFile': `/tmp/spark/${submissionId}/driver-pod-template.yaml`,
      'spark.kubernetes.driver.podTemplateContainerName': 'spark-kubernetes-driver',
      'spark.kubernetes.executor.podTemplateFile': `/tmp/spark/${submissionId}/executor-pod-template.yaml`,
      'spark.kubernetes.executor.podTemplateContainerName': 'spark-kubernetes-executor',
    },
  },
  {
    field: 'a local directory of the driver, which then is no tag',
    spec: {
      volumes: [{ name: 'spark-local-dir-1', emptyDir: { sizeLimit: '8Gi', medium: 'Memory' } }],
      driver: { volumeMounts: [{ name: 'spark-local-dir-1', mountPath: '/scratch' }] },
    },
    gives: {
      'spark.kubernetes.driver.volumes.emptyDir.spark-local-dir-1.mount.path': '/scratch',
      'spark.kubernetes.driver.volumes.emptyDir.spark-local-dir-1.options.sizeLimit': '8Gi',
      'spark.kubernetes.driver.volumes.emptyDir.spark-local-dir-1.options.medium': 'Memory',
    },
  },
  {
    field: 'local directories of the executors, of each type that Spark knows',
    spec: {
      volumes: [
        { name: 'spark-local-dir-1', hostPath: { path: '/mnt', type: 'Directory' } },
        { name: 'spark-local-dir-2', nfs: { path: '/e', server: 'n' } },
        { name: 'spark-local-dir-3', persistentVolumeClaim: { claimName: 'c' } },
      ],
      executor: {
        volumeMounts: [
          { name: 'spark-local-dir-1', mountPath: '/1', subPath: 's' },
          { name: 'spark-local-dir-2', mountPath: '/2', readOnly: true },
          { name: 'spark-local-dir-3', mountPath: '/3', readOnly: false },
        ],
      },
    },
    gives: {
      'spark.kubernetes.executor.volumes.hostPath.spark-local-dir-1.mount.path': '/1',
      'spark.kubernetes.executor.volumes.hostPath.spark-local-dir-1.mount.subPath': 's',
      'spark.kubernetes.executor.volumes.hostPath.spark-local-dir-1.options.path': '/mnt',
      'spark.kubernetes.executor.volumes.hostPath.spark-local-dir-1.options.type': 'Directory',
      'spark.kubernetes.executor.volumes.nfs.spark-local-dir-2.mount.path': '/2',
      'spark.kubernetes.executor.volumes.nfs.spark-local-dir-2.mount.readOnly': 'true',
      'spark.kubernetes.executor.volumes.nfs.spark-local-dir-2.options.path': '/e',
      'spark.kubernetes.executor.volumes.nfs.spark-local-dir-2.options.server': 'n',
      'spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-3.mount.path': '/3',
      'spark.kubernetes.executor.volumes.persistentVolumeClaim.spark-local-dir-3.options.claimName': 'c',
    },
  },
  ...monitoringRows,
  {
    field: 'fields that are arguments and no properties',
    spec: { arguments: ['a'], deps: { jars: ['local:///a.jar'] }, proxyUser: 'u', mainClass: 'x.Y' },
    gives: {},
  },
];

const variablePrefix: Readonly<Record<Role, string>> = {
  driver: 'spark.kubernetes.driverEnv.',
  executor: 'spark.executorEnv.',
};

const ofRole = (role: Role): readonly Row[] => {
  const fields = (values: object) => ({ [role]: values });
  const kubernetes = `spark.kubernetes.${role}`;
  return [
    {
      field: 'image',
      spec: fields({ image: 'a/spark:4.1.4' }),
      gives: { [`${kubernetes}.container.image`]: 'a/spark:4.1.4' },
    },
    { field: 'cores', spec: fields({ cores: 3 }), gives: { [`spark.${role}.cores`]: '3' } },
    { field: 'coreRequest', spec: fields({ coreRequest: '200m' }), gives: { [`${kubernetes}.request.cores`]: '200m' } },
    { field: 'coreLimit', spec: fields({ coreLimit: '1200m' }), gives: { [`${kubernetes}.limit.cores`]: '1200m' } },
    { field: 'memory', spec: fields({ memory: '512m' }), gives: { [`spark.${role}.memory`]: '512m' } },
    {
      field: 'memoryOverhead',
      spec: fields({ memoryOverhead: '1g' }),
      gives: { [`spark.${role}.memoryOverhead`]: '1g' },
    },
    {
      field: 'serviceAccount',
      spec: fields({ serviceAccount: 'spark' }),
      gives: { [`spark.kubernetes.authenticate.${role}.serviceAccountName`]: 'spark' },
    },
    {
      field: 'javaOptions',
      spec: fields({ javaOptions: '-Da=b -Dc' }),
      gives: { [`spark.${role}.extraJavaOptions`]: '-Da=b -Dc' },
    },
    { field: 'labels', spec: fields({ labels: { a: 'b' } }), gives: { [`${kubernetes}.label.a`]: 'b' } },
    {
      field: 'annotations',
      spec: fields({ annotations: { 'a/b': 'c=d' } }),
      gives: { [`${kubernetes}.annotation.a/b`]: 'c=d' },
    },
    {
      field: 'envVars',
      spec: fields({ envVars: { A: 'b', C: '' } }),
      gives: { [`${variablePrefix[role]}A`]: 'b', [`${variablePrefix[role]}C`]: '' },
    },
    {
      field: 'envSecretKeyRefs',
      spec: fields({ envSecretKeyRefs: { A: { name: 's', key: 'k' } } }),
      gives: { [`${kubernetes}.secretKeyRef.A`]: 's:k' },
    },
    {
      field: 'secrets of type Generic',
      spec: fields({ secrets: [{ name: 's', path: '/s', secretType: 'Generic' }] }),
      gives: { [`${kubernetes}.secrets.s`]: '/s' },
    },
    {
      field: 'secrets of a type that nobody knows',
      spec: fields({ secrets: [{ name: 's', path: '/s', secretType: 'constructor' }] }),
      gives: { [`${kubernetes}.secrets.s`]: '/s' },
    },
    {
      field: 'secrets of type GCPServiceAccount',
      spec: fields({ secrets: [{ name: 's', path: '/s', secretType: 'GCPServiceAccount' }] }),
      gives: {
        [`${kubernetes}.secrets.s`]: '/s',
        [`${variablePrefix[role]}GOOGLE_APPLICATION_CREDENTIALS`]: '/s/key.json',
      },
    },
    {
      field: 'secrets of type HadoopDelegationToken',
      spec: fields({ secrets: [{ name: 's', path: '/s', secretType: 'HadoopDelegationToken' }] }),
      gives: {
        [`${kubernetes}.secrets.s`]: '/s',
        [`${variablePrefix[role]}HADOOP_TOKEN_FILE_LOCATION`]: '/s/hadoop.token',
      },
    },
  ];
};

function assertGives({ spec, gives }: Row): void {
  const expected = Object.entries({ ...always, ...gives }).filter(([, value]) => value !== undefined);
  assert.deepEqual(Object.fromEntries(conf(spec)), Object.fromEntries(expected));
}

describe('the Spark properties of an application', () => {
  it('are those of the defaults where little is set', () => assert.deepEqual(Object.fromEntries(conf()), always));

  for (const row of ofApplication) it(`come from ${row.field}`, () => assertGives(row));
  for (const role of roles) {
    for (const row of ofRole(role)) it(`come from ${role}.${row.field}`, () => assertGives(row));
  }

  it('leave out the common image where each role has its own', () => {
    const found = conf({ image: undefined, driver: { image: 'd:4.1.4' }, executor: { image: 'e:4.1.4' } });
    assert.equal(found.has('spark.kubernetes.container.image'), false);
    assert.equal(found.get('spark.kubernetes.driver.container.image'), 'd:4.1.4');
    assert.equal(found.get('spark.kubernetes.executor.container.image'), 'e:4.1.4');
  });
});

describe('of two entries of one key', () => {
  const typed: readonly (readonly [key: string, spec: object, wins: string])[] = [
    ['spark.driver.cores', { driver: { cores: 2 } }, '2'],
    ['spark.driver.memory', { driver: { memory: '2g' } }, '2g'],
    ['spark.driver.extraJavaOptions', { driver: { javaOptions: '-Da' } }, '-Da'],
    ['spark.kubernetes.driver.label.a', { driver: { labels: { a: 'field' } } }, 'field'],
    ['spark.kubernetes.driver.annotation.a', { driver: { annotations: { a: 'field' } } }, 'field'],
    ['spark.kubernetes.driverEnv.A', { driver: { envVars: { A: 'field' } } }, 'field'],
    ['spark.executor.instances', { executor: { instances: 4 } }, '4'],
    ['spark.executorEnv.A', { executor: { envVars: { A: 'field' } } }, 'field'],
    ['spark.hadoop.a', { hadoopConf: { a: 'field' } }, 'field'],
    ['spark.kubernetes.node.selector.a', { nodeSelector: { a: 'field' } }, 'field'],
  ];
  for (const [key, spec, wins] of typed) {
    it(`the field wins over the property: ${key}`, () => {
      assert.equal(conf({ sparkConf: { [key]: 'property' }, ...spec }).get(key), wins);
    });
  }

  it('the property wins over what stands before it: pull policy, overhead factor, waiting', () => {
    const sparkConf = {
      'spark.kubernetes.container.image.pullPolicy': 'Never',
      'spark.kubernetes.memoryOverheadFactor': '0.5',
      'spark.kubernetes.submission.waitAppCompletion': 'true',
    };
    const found = conf({ imagePullPolicy: 'Always', memoryOverheadFactor: '0.1', sparkConf });
    for (const [key, value] of Object.entries(sparkConf)) assert.equal(found.get(key), value);
  });

  for (const role of roles) {
    it(`a label of the ${role} wins over one of the application, and that over a property`, () => {
      const key = `spark.kubernetes.${role}.label.`;
      const sparkConf = { [`${key}a`]: 'property', [`${key}b`]: 'property', [`${key}c`]: 'property' };
      const found = conf(
        { sparkConf, [role]: { labels: { a: 'role' } } },
        { labels: { a: 'application', b: 'application' } },
      );
      assert.deepEqual(
        ['a', 'b', 'c'].map((name) => found.get(`${key}${name}`)),
        ['role', 'application', 'property'],
      );
    });

    it(`the file of a Secret of the ${role} wins over a variable of that name`, () => {
      const secrets = [{ name: 's', path: '/s', secretType: 'GCPServiceAccount' }];
      const found = conf({ [role]: { secrets, envVars: { GOOGLE_APPLICATION_CREDENTIALS: 'x' } } });
      assert.equal(found.get(`${variablePrefix[role]}GOOGLE_APPLICATION_CREDENTIALS`), '/s/key.json');
    });

    it(`the operator's label wins over the user's on the ${role}, even if validation let it pass`, () => {
      const read = application();
      const labels = Object.fromEntries(
        ['app-name', 'submission-id', 'launched-by-spark-operator', 'mutated-by-spark-operator'].map((name) => [
          `sparkoperator.k8s.io/${name}`,
          'forged',
        ]),
      );
      const sparkConf = Object.fromEntries(
        Object.keys(labels).map((name) => [`spark.kubernetes.${role}.label.${name}`, 'forged']),
      );
      const forged = { ...read, labels, spec: { ...read.spec, sparkConf, driver: { labels }, executor: { labels } } };
      const found = confFrom(forged);
      for (const [key, value] of Object.entries(operatorLabels(role))) assert.equal(found.get(key), value, key);
    });
  }
});

describe('labels of the application', () => {
  it("are those of its pods, except Kueue's", () => {
    const labels = { team: 'data', 'kueue.x-k8s.io/queue-name': 'q', 'kueue.x-k8s.io.example.com/a': 'b' };
    const found = conf({}, { labels });
    for (const role of roles) {
      const key = `spark.kubernetes.${role}.label.`;
      assert.equal(found.get(`${key}team`), 'data');
      assert.equal(found.get(`${key}kueue.x-k8s.io.example.com/a`), 'b');
      assert.equal(found.has(`${key}kueue.x-k8s.io/queue-name`), false);
    }
  });

  it('of a role may be those of Kueue: they were asked for there', () => {
    const labels = { 'kueue.x-k8s.io/pod-group-name': 'g' };
    assert.equal(
      conf({ executor: { labels } }).get('spark.kubernetes.executor.label.kueue.x-k8s.io/pod-group-name'),
      'g',
    );
  });
});

describe('the tags of the executors', () => {
  const prefix = `spark.kubernetes.executor.annotation.${annotationPrefix}`;
  const executor = { env: [{ name: 'A', value: '{{APP_ID}} {{{' }], tolerations: [{ key: 'k' }] };

  it('are annotations of theirs, without placeholders that Spark would fill', () => {
    const found = conf({ executor });
    assert.equal(found.get(`${prefix}env`), '[{"name":"A","value":"\\u007b\\u007bAPP_ID}} \\u007b\\u007b{"}]');
    assert.equal(found.get(`${prefix}tolerations`), '[{"key":"k"}]');
    assert.equal(found.get('spark.kubernetes.executor.label.pod.sparkoperator.k8s.io/tagged'), 'true');
  });

  it('are not those of the driver, whose tags go onto the pod itself', () => {
    const keys = [...conf({ driver: executor }).keys()];
    assert.deepEqual(
      keys.filter((key) => key.includes(annotationPrefix)),
      ['label.pod.sparkoperator.k8s.io/tagged', 'annotation.pod.sparkoperator.k8s.io/owner-references'].map(
        (name) => `spark.kubernetes.executor.${name}`,
      ),
    );
  });

  it('are redacted, beside what Spark redacts and what the user asks for', () => {
    const regexOf = (spec: object) =>
      new RegExp((conf(spec).get('spark.redaction.regex') ?? '').replace('(?i)', ''), 'i');
    const key = `${prefix}env`;
    assert.match(key, regexOf({ executor }));
    assert.match('spark.my.password', regexOf({ executor }));
    assert.doesNotMatch('spark.kubernetes.executor.annotation.podXsparkoperator', regexOf({ executor }));
    const own = regexOf({ executor, sparkConf: { 'spark.redaction.regex': 'mine' } });
    assert.match(key, own);
    assert.match('spark.mine', own);
    assert.doesNotMatch('spark.my.password', own);
  });

  it('are none, and nothing is redacted for them, where there is nothing to do', () => {
    const found = conf({}, { uid: '' });
    assert.equal(
      [...found.keys()].some((key) => key.includes('pod.sparkoperator.k8s.io') || key.includes('redaction')),
      false,
    );
  });
});
