/** LocalDirsFeatureStep: where the driver spills and shuffles to. */
import { type Driver, withEnv, withMountedVolumes } from '../driver.js';
import type { Submission } from '../submission.js';

const localVolume = 'spark-local-dir-';

/** Spark takes several directories in random order; here they stay in the order given. */
export function localDirs(driver: Driver, submission: Submission): Driver {
  const mounts = (driver.container.volumeMounts ?? []).filter(({ name }) => name.startsWith(localVolume));
  return mounts.length > 0
    ? withDirectories(
        driver,
        mounts.map(({ mountPath }) => mountPath),
      )
    : withOwnVolumes(driver, submission);
}

function withDirectories(driver: Driver, directories: readonly string[]): Driver {
  return withEnv(driver, [{ name: 'SPARK_LOCAL_DIRS', value: directories.join(',') }]);
}

/** Where neither the user's volumes nor a template's are meant for it. */
function withOwnVolumes(driver: Driver, { conf, environment, ids }: Submission): Driver {
  const listed = environment.localDirs ?? conf.entries.get('spark.local.dir');
  const directories = (listed ?? `/var/data/spark-${ids.localDirectoryId}`).split(',');
  const inMemory = conf.boolean('spark.kubernetes.local.dirs.tmpfs') ?? false;
  const mounted = directories.map((mountPath, index) => ({
    volume: { name: `${localVolume}${index + 1}`, emptyDir: inMemory ? { medium: 'Memory' } : {} },
    mount: { mountPath },
  }));
  return withDirectories(withMountedVolumes(driver, mounted), directories);
}
