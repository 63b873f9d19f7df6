/**
 * DriverKubernetesCredentialsFeatureStep: as whom the driver talks to the API server: by its service account, or by
 * credentials of its own in a Secret. Tokens are kept out of its configuration.
 */
import { type Driver, withMountedVolumes, withProperties, withResource } from '../driver.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';
import { driverCredentialFiles } from '../submitter-files.js';

const redacted = '<present_but_redacted>';
const tokenKey = 'spark.kubernetes.authenticate.driver.oauthToken';
const mountedPrefix = 'spark.kubernetes.authenticate.driver.mounted.';
const directory = '/mnt/secrets/spark-kubernetes-credentials';

export function driverKubernetesCredentials(driver: Driver, submission: Submission): Driver {
  const tokens = [...submission.conf.entries.keys()].filter((key) => key.endsWith('oauthToken'));
  const changed = withProperties(driver, Object.fromEntries(tokens.map((key) => [key, redacted])));
  const credentials = credentialsOf(submission);
  return credentials.length === 0
    ? withServiceAccount(changed, submission)
    : withCredentials(changed, submission, credentials);
}

function withServiceAccount(driver: Driver, { conf }: Submission): Driver {
  const account = conf.text('spark.kubernetes.authenticate.driver.serviceAccountName');
  if (account === undefined) return driver;
  return { ...driver, spec: { ...driver.spec, serviceAccount: account, serviceAccountName: account } };
}

interface Credential {
  /** In the Secret, and as a file. */
  readonly item: string;
  /** After `mountedPrefix`: tells the driver where the file is. */
  readonly mountedAs: string;
  readonly base64: string;
}

const fileCredentials: readonly (readonly [key: keyof typeof driverCredentialFiles, item: string, what: string])[] = [
  ['clientKeyFile', 'client-key', 'client key'],
  ['clientCertFile', 'client-cert', 'client cert'],
  ['caCertFile', 'ca-cert', 'CA cert'],
];

function credentialsOf({ conf, files }: Submission): readonly Credential[] {
  const fromFiles = fileCredentials.flatMap(([name, item, what]): Credential[] => {
    const key = driverCredentialFiles[name];
    const path = conf.text(key);
    if (path === undefined) return [];
    const bytes = files.files.get(path);
    if (bytes === undefined) {
      throw refused(`${key}: Driver ${what} file provided at ${path} does not exist or is not a file`);
    }
    return [{ item, mountedAs: name, base64: Buffer.from(bytes).toString('base64') }];
  });
  const token = conf.text(tokenKey);
  if (token === undefined) return fromFiles;
  const base64 = Buffer.from(token, 'utf8').toString('base64');
  return [...fromFiles, { item: 'oauth-token', mountedAs: 'oauthTokenFile', base64 }];
}

/** The service account is then not applied. */
function withCredentials(driver: Driver, submission: Submission, credentials: readonly Credential[]): Driver {
  const { conf, resourceNamePrefix } = submission;
  const secretName = `${resourceNamePrefix}-kubernetes-credentials`;
  const withSecret = withResource(driver, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName },
    immutable: true,
    data: Object.fromEntries(credentials.map(({ item, base64 }) => [item, base64])),
  });
  const volume = { name: 'kubernetes-credentials', secret: { secretName } };
  const mounted = withMountedVolumes(withSecret, [{ volume, mount: { mountPath: directory } }]);
  const locations = credentials.map(({ item, mountedAs }): [string, string] => {
    const key = `${mountedPrefix}${mountedAs}`;
    return [key, conf.text(key) ?? `${directory}/${item}`];
  });
  return withProperties(mounted, Object.fromEntries(locations));
}
