/** EnvSecretsFeatureStep: `spark.kubernetes.driver.secretKeyRef.<VARIABLE>=<secret>:<key>`. */
import { type Driver, withEnv } from '../driver.js';
import { refusedValue } from '../refusal.js';
import type { Submission } from '../submission.js';

const prefix = 'spark.kubernetes.driver.secretKeyRef.';

export function envSecrets(driver: Driver, { conf }: Submission): Driver {
  const variables = [...conf.withPrefix(prefix)].map(([variable, reference]) => {
    const [name, key, ...rest] = reference.replace(/:+$/, '').split(':');
    if (name === undefined || key === undefined || rest.length > 0) {
      throw refusedValue(`${prefix}${variable}`, reference, 'SecretKeyRef must be in the form name:key');
    }
    return { name: variable, valueFrom: { secretKeyRef: { name, key } } };
  });
  return withEnv(driver, variables);
}
