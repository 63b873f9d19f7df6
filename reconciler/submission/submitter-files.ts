/**
 * The files of the submitting side that a submission may name, as they were before it is built: what is made from them is
 * then a pure function. Whoever submits reads them; this file says which.
 */
import type { ClientEnvironment } from './client-environment.js';
import type { ConfReader } from './conf-reader.js';

type Bytes = Uint8Array;

export interface SubmitterFiles {
  /** By the path under which they are named. */
  readonly files: ReadonlyMap<string, Bytes>;
  /** By the path of a folder: its plain files, by name, in the folder's order. */
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, Bytes>>;
}

export const noFiles: SubmitterFiles = { files: new Map(), folders: new Map() };

export const driverCredentialFiles = {
  caCertFile: 'spark.kubernetes.authenticate.driver.caCertFile',
  clientKeyFile: 'spark.kubernetes.authenticate.driver.clientKeyFile',
  clientCertFile: 'spark.kubernetes.authenticate.driver.clientCertFile',
} as const;

export const driverTemplateKey = 'spark.kubernetes.driver.podTemplateFile';
export const executorTemplateKey = 'spark.kubernetes.executor.podTemplateFile';
export const keytabKey = 'spark.kerberos.keytab';
export const krb5PathKey = 'spark.kubernetes.kerberos.krb5.path';
export const podGroupTemplateFileKey = 'spark.kubernetes.scheduler.volcano.podGroupTemplateFile';

const fileKeys: readonly string[] = [
  ...Object.values(driverCredentialFiles),
  driverTemplateKey,
  executorTemplateKey,
  krb5PathKey,
  keytabKey,
  podGroupTemplateFileKey,
];

/** What has to be read before the submission with this configuration can be built. */
export function namedFiles(
  conf: ConfReader,
  { hadoopConfDir, sparkConfDir }: ClientEnvironment,
): { readonly files: readonly string[]; readonly folders: readonly string[] } {
  const files = fileKeys.flatMap((key) => {
    const location = conf.text(key);
    return location === undefined ? [] : [location];
  });
  return { files, folders: [hadoopConfDir, sparkConfDir].filter((folder) => folder !== undefined) };
}

/** The path of a URI without a scheme or with `file:` or `local:`, which both mean the submitter's disk; else undefined. */
export function submitterPath(uri: string): string | undefined {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(uri) ?? [];
  if (scheme === undefined) return uri;
  return scheme === 'file' || scheme === 'local' ? rest.replace(/^\/\/(?=\/)/, '') : undefined;
}

/** @throws {TypeError} where the bytes are not UTF-8 */
export function utf8Text(bytes: Bytes): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The text, or undefined where the bytes are not UTF-8. */
export function utf8TextOrNothing(bytes: Bytes): string | undefined {
  try {
    return utf8Text(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
