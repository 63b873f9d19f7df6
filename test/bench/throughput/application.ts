/** The application that is run again and again: driver only, for five seconds, with features that need the webhook. */

export const apiVersion = 'sparkoperator.k8s.io/v1beta2';

export function application(name: string, namespace: string) {
  return {
    apiVersion,
    kind: 'SparkApplication',
    metadata: { name, namespace, labels: { team: 'data' } },
    spec: {
      type: 'Scala',
      mode: 'cluster',
      sparkVersion: '4.1.4',
      image: 'spark:4.1.4',
      mainClass: 'org.apache.spark.examples.SparkPi',
      mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
      arguments: ['100'],
      // No executors as long as nothing asks for them.
      dynamicAllocation: { enabled: true, initialExecutors: 0, minExecutors: 0, maxExecutors: 4 },
      sparkConf: { 'spark.executor.instances': '0', 'spark.eventLog.enabled': 'false' },
      volumes: [{ name: 'scratch', emptyDir: {} }],
      driver: {
        cores: 1,
        memory: '512m',
        annotations: { 'sandbox.firesteel/duration': '5s' },
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        env: [{ name: 'STAGE', value: 'bench' }],
      },
      executor: { cores: 1, memory: '512m' },
    },
  };
}

/** What `kubectl describe` shows of such an application once it is done. */
export const promisedEvents = [
  'SparkApplicationAdded',
  'SparkApplicationSubmitted',
  'SparkDriverRunning',
  'SparkDriverCompleted',
  'SparkApplicationCompleted',
] as const;
