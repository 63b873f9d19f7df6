/**
 * Who submits: the reconciler itself, or spark-submit in a pod for what only a JVM can do. A row of the table is one thing that
 * asks for the pod, with the reason that users read.
 */
import { customStepsKey, hasStep } from './feature-steps.js';
import { fileNameOf, isGlob, locationOf, withoutSecrets } from './resource-uri.js';
import type { SubmitOptions } from './submit-options.js';
import { driverTemplateKey, executorTemplateKey, keytabKey, krb5PathKey, submitterPath } from './submitter-files.js';
import { uploadPathKey } from './uploads.js';

export type SubmitterChoice =
  | { readonly submitter: 'native' }
  /** `because`: what asks for it, with the key. */
  | { readonly submitter: 'pod'; readonly because: string };

interface Need {
  /** What asks for a JVM, or undefined. */
  readonly find: (options: SubmitOptions) => string | undefined;
}

const needs: readonly Need[] = [
  { find: localFile },
  { find: hadoopPattern },
  { find: remoteTemplate },
  { find: customStep },
  { find: kerberosLogin },
  { find: kerberosFile },
];

/** @param asked annotation `sparkoperator.k8s.io/submitter` */
export function chooseSubmitter(asked: string | undefined, options: SubmitOptions): SubmitterChoice {
  if (asked === 'native') return { submitter: 'native' };
  if (asked === 'pod') return { submitter: 'pod', because: 'the annotation asks for it' };
  for (const { find } of needs) {
    const because = find(options);
    if (because !== undefined) return { submitter: 'pod', because };
  }
  return { submitter: 'native' };
}

/** Without a place to upload to, spark-submit would refuse it too. */
function localFile(options: SubmitOptions): string | undefined {
  if (!options.conf.has(uploadPathKey)) return undefined;
  const found = uris(options).find(({ uri }) => locationOf(uri) === 'submitter');
  return found && `${found.where}: ${fileNameOf(withoutSecrets(found.uri))} has to be uploaded`;
}

function hadoopPattern(options: SubmitOptions): string | undefined {
  const found = uris(options).find(({ uri }) => locationOf(uri) === 'hadoop' && isGlob(uri));
  return found && `${found.where}: ${withoutSecrets(found.uri)} is a pattern on a Hadoop file system`;
}

function remoteTemplate({ conf }: SubmitOptions): string | undefined {
  const key = [driverTemplateKey, executorTemplateKey].find(
    (candidate) => submitterPath(conf.get(candidate) ?? '') === undefined,
  );
  return key && `${key}: the template is not on a disk`;
}

function customStep({ conf }: SubmitOptions): string | undefined {
  const names = (conf.get(customStepsKey) ?? '').split(',').map((name) => name.trim());
  const name = names.find((candidate) => candidate !== '' && !hasStep(candidate));
  return name && `${customStepsKey}: ${name} is a class of the image`;
}

const tokenSecretKey = 'spark.kubernetes.kerberos.tokenSecret.name';
const authenticationKey = 'spark.hadoop.hadoop.security.authentication';

function kerberosLogin({ conf }: SubmitOptions): string | undefined {
  if (conf.get(authenticationKey)?.toLowerCase() !== 'kerberos') return undefined;
  if (conf.has(keytabKey) || conf.has(tokenSecretKey)) return undefined;
  return `${authenticationKey}: delegation tokens have to be fetched`;
}

/** `local:` is in the driver's image, where the driver itself reads it. */
function kerberosFile({ conf }: SubmitOptions): string | undefined {
  const key = conf.get(keytabKey)?.startsWith('local:') === false ? keytabKey : krb5PathKey;
  return conf.has(key) && !conf.get(key)?.startsWith('local:') ? `${key}: the file is in the image` : undefined;
}

/** All URIs that spark-submit looks at, and where they stand. */
function uris(options: SubmitOptions): readonly { readonly where: string; readonly uri: string }[] {
  const { conf, primaryResource } = options;
  const lists: readonly (readonly [key: string, option: readonly string[]])[] = [
    ['spark.jars', options.jars],
    ['spark.files', options.files],
    ['spark.archives', options.archives],
    ['spark.submit.pyFiles', options.pyFiles],
  ];
  const listed = lists.flatMap(([where, option]) => {
    const entries = option.length > 0 ? option : (conf.get(where) ?? '').split(',');
    return entries.filter((uri) => uri !== '').map((uri) => ({ where, uri }));
  });
  // Spark uploads no R files.
  const isUploadable = primaryResource !== 'spark-internal' && !/\.[rR]$/.test(primaryResource);
  return [...(isUploadable ? [{ where: 'mainApplicationFile', uri: primaryResource }] : []), ...listed];
}
