/** HadoopConfDriverFeatureStep: HADOOP_CONF_DIR of the submitter as a ConfigMap, or an existing ConfigMap of the same kind. */
import { type Driver, withEnv, withMountedVolumes, withProperties, withResource } from '../driver.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';
import { utf8TextOrNothing } from '../submitter-files.js';

const configMapKey = 'spark.kubernetes.hadoop.configMapName';
const hadoopConfDirectory = '/opt/hadoop/conf';

export function hadoopConfDriver(driver: Driver, submission: Submission): Driver {
  const existing = submission.conf.text(configMapKey);
  const folder = submission.environment.hadoopConfDir;
  if (existing !== undefined && folder !== undefined) {
    throw refused(`${configMapKey}: do not specify both HADOOP_CONF_DIR in the environment and the ConfigMap`);
  }
  if (folder !== undefined) return withFolder(driver, submission, folder);
  return existing === undefined ? driver : mounted(driver, existing, []);
}

function withFolder(driver: Driver, submission: Submission, folder: string): Driver {
  const files = submission.files.folders.get(folder);
  if (files === undefined) throw refused(`HADOOP_CONF_DIR=${folder} does not exist or is not a directory`);
  const texts = [...files].map(([name, bytes]): [string, string] => {
    const text = utf8TextOrNothing(bytes);
    if (text === undefined) throw refused(`HADOOP_CONF_DIR: ${name} is not UTF-8 text`);
    return [name, text];
  });
  const name = `${submission.resourceNamePrefix}-hadoop-config`;
  const withConfigMap = withResource(driver, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    immutable: true,
    ...(texts.length === 0 ? {} : { data: Object.fromEntries(texts) }),
  });
  return mounted(
    withConfigMap,
    name,
    texts.map(([file]) => file),
  );
}

function mounted(driver: Driver, name: string, files: readonly string[]): Driver {
  const items = files.length === 0 ? {} : { items: files.map((file) => ({ key: file, path: file })) };
  const volume = { name: 'hadoop-properties', configMap: { name, ...items } };
  const withVolume = withMountedVolumes(driver, [{ volume, mount: { mountPath: hadoopConfDirectory } }]);
  const withVariable = withEnv(withVolume, [{ name: 'HADOOP_CONF_DIR', value: hadoopConfDirectory }]);
  return withProperties(withVariable, { 'spark.kubernetes.executor.hadoopConfigMapName': name });
}
