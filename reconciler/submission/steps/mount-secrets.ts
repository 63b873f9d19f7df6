/** MountSecretsFeatureStep: `spark.kubernetes.driver.secrets.<name>=<path>`. */
import { type Driver, withMountedVolumes } from '../driver.js';
import type { Submission } from '../submission.js';

export function mountSecrets(driver: Driver, { conf }: Submission): Driver {
  const secrets = [...conf.withPrefix('spark.kubernetes.driver.secrets.')];
  const mounted = secrets.map(([secretName, mountPath]) => ({
    volume: { name: `${secretName}-volume`, secret: { secretName } },
    mount: { mountPath },
  }));
  return withMountedVolumes(driver, mounted);
}
