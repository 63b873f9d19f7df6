/**
 * The jars, files and packages of an application, as keys of its configuration. Each URI must be one that the driver can
 * get by itself, because nothing is uploaded here.
 */
import { refused } from './refusal.js';
import { isGlob, locationOf } from './resource-uri.js';
import type { ResourceType } from './submission.js';
import type { SubmitOptions } from './submit-options.js';

/** The primary resource of an application whose main class is on the class path already. */
const noResource = 'spark-internal';

const uriListKeys = ['spark.jars', 'spark.files', 'spark.archives', 'spark.submit.pyFiles'];

/**
 * The keys that the dependencies lead to; an option replaces its key in `conf`.
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function dependencies(
  options: SubmitOptions,
  conf: ReadonlyMap<string, string>,
  resourceType: ResourceType,
): ReadonlyMap<string, string> {
  if (options.primaryResource !== noResource) checkLocation(options.primaryResource, 'primary resource');
  const keys = new Map<string, string>();
  for (const [key, entries] of listsOf(options)) {
    const list = entries.length > 0 ? entries.join(',') : conf.get(key);
    if (list !== undefined) keys.set(key, uriListKeys.includes(key) ? resolvedUris(key, list) : list);
  }
  if (resourceType === 'java') keys.set('spark.jars', withPrimaryJar(keys.get('spark.jars') ?? '', options));
  // Spark writes this key even when there are none.
  keys.set('spark.submit.pyFiles', keys.get('spark.submit.pyFiles') ?? '');
  return keys;
}

function listsOf(options: SubmitOptions): readonly (readonly [key: string, entries: readonly string[]])[] {
  return [
    ['spark.jars', options.jars],
    ['spark.files', options.files],
    ['spark.archives', options.archives],
    ['spark.submit.pyFiles', options.pyFiles],
    ['spark.jars.packages', options.packages],
    ['spark.jars.excludes', options.excludePackages],
    ['spark.jars.repositories', options.repositories],
  ];
}

/** Without empty entries; each other one must be where the driver can get it by itself. */
function resolvedUris(key: string, list: string): string {
  const uris = list.split(',').filter((uri) => uri.trim() !== '');
  for (const uri of uris) {
    if (uri.trim() !== uri)
      throw refused(`${key}: Illegal character, a blank, before or after the URI '${withoutSecrets(uri.trim())}'`);
    checkLocation(uri, key);
    if (locationOf(uri) === 'hadoop' && isGlob(uri)) {
      throw refused(
        `${key}: patterns such as ${withoutSecrets(uri)} need a Hadoop file system and are not supported yet; list the files`,
      );
    }
  }
  return uris.join(',');
}

function checkLocation(uri: string, where: string): void {
  if (locationOf(uri) !== 'submitter') return;
  throw refused(
    `${where}: '${withoutSecrets(uri)}' is a file of the submitting machine, whose upload (spark.kubernetes.file.upload.path) is not ` +
      'supported yet; use local:// for a file in the image, or http(s)://, s3a:// …',
  );
}

/** Credentials stand in the user part and in the query of a URI. */
function withoutSecrets(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}

function withPrimaryJar(jars: string, options: SubmitOptions): string {
  const primary = options.primaryResource === noResource ? [] : [options.primaryResource];
  return [...(jars === '' ? [] : [jars]), ...primary].join(',');
}
