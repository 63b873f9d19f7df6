/** MountVolumesFeatureStep: the volumes of `spark.kubernetes.driver.volumes.*`, and the claims that are made for them. */
import { type Driver, unlessEmpty, withMountedVolumes, withResource } from '../driver.js';
import { applicationLabel } from '../driver-labels.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';
import { type ClaimOptions, type SparkVolume, sparkVolumes } from '../volumes.js';

export function mountVolumes(driver: Driver, submission: Submission): Driver {
  const volumes = sparkVolumes(submission, 'driver');
  checkMountPaths(volumes);
  return volumes.reduce((current, volume, index) => withVolume(current, submission, volume, index), driver);
}

function checkMountPaths(volumes: readonly SparkVolume[]): void {
  const paths = volumes.map(({ mount }) => mount.mountPath);
  const twice = volumes.find(({ mount }, index) => paths.indexOf(mount.mountPath) !== index);
  if (twice !== undefined) {
    throw refused(`${twice.keys}mount.path: Found duplicated mountPath: '${twice.mount.mountPath}'`);
  }
}

function withVolume(driver: Driver, submission: Submission, volume: SparkVolume, index: number): Driver {
  const { name, source, mount, claim } = volume;
  if (claim === undefined) return withMountedVolumes(driver, [{ volume: { name, ...source }, mount }]);
  const claimName = claim.name.replaceAll('OnDemand', `${submission.resourceNamePrefix}-driver-pvc-${index}`);
  const persistentVolumeClaim = { claimName, readOnly: claim.readOnly };
  const mounted = withMountedVolumes(driver, [{ volume: { name, persistentVolumeClaim }, mount }]);
  return withClaim(mounted, submission, claimName, claim);
}

/** A claim is made only where class and size are both known. The label has the driver delete it when it stops. */
function withClaim(driver: Driver, submission: Submission, name: string, claim: ClaimOptions): Driver {
  const { storageClass, sizeLimit, labels, annotations } = claim;
  if (storageClass === undefined || sizeLimit === undefined) return driver;
  return withResource(driver, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      labels: { ...Object.fromEntries(labels), [applicationLabel]: submission.ids.applicationId },
      ...unlessEmpty('annotations', annotations),
    },
    spec: {
      storageClassName: storageClass,
      accessModes: [accessMode(submission)],
      resources: { requests: { storage: sizeLimit } },
    },
  });
}

function accessMode({ conf, differences }: Submission): string {
  const byManyPods =
    conf.boolean('spark.kubernetes.legacy.useReadWriteOnceAccessMode') ?? differences.readWriteOnceClaims;
  return byManyPods ? 'ReadWriteOnce' : 'ReadWriteOncePod';
}
