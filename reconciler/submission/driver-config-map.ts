/** The ConfigMap that holds `spark.properties`: the driver can not start before it is there (`KubernetesClientUtils`). */
import { type Driver, type DriverResource, withEnv, withMountedVolumes } from './driver.js';
import { formatJavaProperties } from './java-properties.js';
import { driverConfigMapName } from './names.js';
import { confFiles } from './spark-conf-files.js';
import type { Submission } from './submission.js';

export const confDirectory = '/opt/spark/conf';
export const propertiesFile = 'spark.properties';
export const confVolumeName = 'spark-conf-volume-driver';

/** 0644 */
const fileMode = 420;

export function driverConfigMap(submission: Submission, properties: ReadonlyMap<string, string>): DriverResource {
  const { ids, namespace } = submission;
  const name = driverConfigMapName(ids);
  const comment = `Java properties built from Kubernetes config map with name: ${name}`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    immutable: true,
    data: {
      ...Object.fromEntries(confFiles(submission)),
      [propertiesFile]: formatJavaProperties(properties, comment, ids.submitTime),
      'spark.kubernetes.namespace': namespace,
    },
  };
}

export function withConfDirectory(driver: Driver, submission: Submission): Driver {
  const files = [...confFiles(submission).keys(), propertiesFile].sort();
  const items = files.map((file) => ({ key: file, path: file, mode: fileMode }));
  const volume = { name: confVolumeName, configMap: { name: driverConfigMapName(submission.ids), items } };
  const mounted = withMountedVolumes(driver, [{ volume, mount: { mountPath: confDirectory } }]);
  return withEnv(mounted, [{ name: 'SPARK_CONF_DIR', value: confDirectory }]);
}
