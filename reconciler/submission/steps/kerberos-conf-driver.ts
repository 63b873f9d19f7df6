/**
 * KerberosConfDriverFeatureStep: krb5.conf, and either a keytab or delegation tokens that exist already. What would need a
 * login, which only a JVM can do, is refused.
 */
import { type Driver, withEnv, withMountedVolumes, withProperties, withResource } from '../driver.js';
import { refused } from '../refusal.js';
import { fileNameOf } from '../resource-uri.js';
import type { Submission } from '../submission.js';
import { keytabKey, krb5PathKey, utf8TextOrNothing } from '../submitter-files.js';

const krb5ConfigMapKey = 'spark.kubernetes.kerberos.krb5.configMapName';
const principalKey = 'spark.kerberos.principal';
const tokenSecretKey = 'spark.kubernetes.kerberos.tokenSecret.name';
const tokenItemKey = 'spark.kubernetes.kerberos.tokenSecret.itemKey';

export function kerberosConfDriver(driver: Driver, submission: Submission): Driver {
  checkPairs(submission);
  return withCredentials(withKrb5(driver, submission), submission);
}

const pairs: readonly (readonly [given: string, missing: string, why: string])[] = [
  [principalKey, keytabKey, 'If a Kerberos principal is specified you must also specify a Kerberos keytab'],
  [keytabKey, principalKey, 'If a Kerberos keytab is specified you must also specify a Kerberos principal'],
  [
    tokenSecretKey,
    tokenItemKey,
    'If a secret storing a Kerberos Delegation Token is specified you must also specify the item-key where the data is stored',
  ],
  [
    tokenItemKey,
    tokenSecretKey,
    'If an item-key of a Kerberos Delegation Token is specified you must also specify the name of the secret',
  ],
];

function checkPairs({ conf }: Submission): void {
  if (conf.entries.has(krb5PathKey) && conf.entries.has(krb5ConfigMapKey)) {
    throw refused(`${krb5PathKey}: do not specify both a Krb5 local file and the ConfigMap (${krb5ConfigMapKey})`);
  }
  for (const [given, missing, why] of pairs) {
    if (conf.entries.has(given) && !conf.entries.has(missing)) throw refused(`${given}: ${why} (${missing})`);
  }
}

function withKrb5(driver: Driver, submission: Submission): Driver {
  const path = submission.conf.text(krb5PathKey);
  if (path !== undefined) return withKrb5File(driver, submission, path);
  const existing = submission.conf.text(krb5ConfigMapKey);
  return existing === undefined ? driver : withKrb5Volume(driver, { name: existing });
}

function withKrb5File(driver: Driver, { files, resourceNamePrefix }: Submission, path: string): Driver {
  const bytes = files.files.get(path);
  const text = bytes === undefined ? undefined : utf8TextOrNothing(bytes);
  if (text === undefined) throw refused(`${krb5PathKey}: ${path} does not exist or is not a text file`);
  const name = `${resourceNamePrefix}-krb5-file`;
  const file = fileNameOf(path);
  const withConfigMap = withResource(driver, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    immutable: true,
    data: { [file]: text },
  });
  return withKrb5Volume(withConfigMap, { name, items: [{ key: file, path: file }] });
}

function withKrb5Volume(driver: Driver, configMap: { name: string; items?: { key: string; path: string }[] }): Driver {
  const volume = { name: 'krb5-file', configMap };
  return withMountedVolumes(driver, [{ volume, mount: { mountPath: '/etc/krb5.conf', subPath: 'krb5.conf' } }]);
}

/** A keytab lets the driver log in by itself; tokens are for those without one. */
function withCredentials(driver: Driver, submission: Submission): Driver {
  const { conf } = submission;
  const keytab = conf.text(keytabKey);
  if (keytab !== undefined) return keytab.startsWith('local:') ? driver : withKeytab(driver, submission, keytab);
  const tokens = conf.text(tokenSecretKey);
  if (tokens !== undefined) return withTokens(driver, tokens, conf.text(tokenItemKey) ?? '');
  if (conf.text('spark.hadoop.hadoop.security.authentication')?.toLowerCase() === 'kerberos') {
    throw refused(
      'spark.hadoop.hadoop.security.authentication=kerberos: fetching delegation tokens needs a login, which only a JVM can do; ' +
        `give a keytab (${principalKey}, ${keytabKey}) or a Secret with tokens (${tokenSecretKey}, ${tokenItemKey})`,
    );
  }
  return driver;
}

const keytabDirectory = '/mnt/secrets/kerberos-keytab';

function withKeytab(driver: Driver, { files, resourceNamePrefix }: Submission, path: string): Driver {
  const bytes = files.files.get(path);
  if (bytes === undefined) throw refused(`${keytabKey}: Keytab file: ${path} does not exist`);
  const secretName = `${resourceNamePrefix}-kerberos-keytab`;
  const file = fileNameOf(path);
  const withSecret = withResource(driver, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretName },
    immutable: true,
    data: { [file]: Buffer.from(bytes).toString('base64') },
  });
  const volume = { name: 'kerberos-keytab', secret: { secretName } };
  const mounted = withMountedVolumes(withSecret, [{ volume, mount: { mountPath: keytabDirectory } }]);
  return withProperties(mounted, { [keytabKey]: `${keytabDirectory}/${file}` });
}

const tokenDirectory = '/mnt/secrets/hadoop-credentials';

function withTokens(driver: Driver, secretName: string, item: string): Driver {
  const volume = { name: 'hadoop-secret', secret: { secretName } };
  const mounted = withMountedVolumes(driver, [{ volume, mount: { mountPath: tokenDirectory } }]);
  return withEnv(mounted, [{ name: 'HADOOP_TOKEN_FILE_LOCATION', value: `${tokenDirectory}/${item}` }]);
}
