/** LocalDirsFeatureStep: where the driver spills and shuffles to. */
import { type Driver, withEnv, withMountedVolumes } from '../driver.js';
import type { Submission } from '../submission.js';

/** Spark takes several directories in random order; here they stay in the order given. */
export function localDirs(driver: Driver, { conf, environment, ids }: Submission): Driver {
  const directories =
    environment.localDirs ?? conf.entries.get('spark.local.dir') ?? `/var/data/spark-${ids.localDirectoryId}`;
  const inMemory = conf.boolean('spark.kubernetes.local.dirs.tmpfs') ?? false;
  const mounted = directories.split(',').map((mountPath, index) => ({
    volume: { name: `spark-local-dir-${index + 1}`, emptyDir: inMemory ? { medium: 'Memory' } : {} },
    mount: { mountPath },
  }));
  return withEnv(withMountedVolumes(driver, mounted), [{ name: 'SPARK_LOCAL_DIRS', value: directories }]);
}
