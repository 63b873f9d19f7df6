/** A small SparkApplication that is right, and changes to it. */

const smallest = {
  type: 'Scala',
  image: 'spark:4.1.4',
  mainClass: 'org.apache.spark.examples.SparkPi',
  mainApplicationFile: 'local:///opt/spark/examples/jars/spark-examples.jar',
};

/** A field that is undefined in `spec` is left out of the manifest. */
export function manifest(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    metadata: { name: 'pi', namespace: 'jobs', uid: '11111111-2222-4333-8444-555555555555', ...metadata },
    spec: JSON.parse(JSON.stringify({ ...smallest, ...spec })),
  };
}
