/**
 * The jars, files and packages of an application, as keys of its configuration. Each URI becomes one that the driver can
 * get by itself: what is on the submitting machine alone is uploaded.
 */
import { refused } from './refusal.js';
import { isGlob, locationOf, withoutSecrets } from './resource-uri.js';
import type { ResourceType } from './submission.js';
import type { SubmitOptions } from './submit-options.js';
import type { UploadPlan } from './uploads.js';

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
  uploads: UploadPlan,
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const [key, entries] of dependencyLists(options)) {
    const list = entries.length > 0 ? entries.join(',') : conf.get(key);
    if (list !== undefined) keys.set(key, uriListKeys.includes(key) ? urisOf(key, list).join(',') : list);
  }
  if (resourceType === 'java') keys.set('spark.jars', withPrimaryJar(keys.get('spark.jars') ?? '', options));
  for (const key of uriListKeys) {
    const list = keys.get(key);
    if (list !== undefined) keys.set(key, withUploads(key, list, uploads));
  }
  // Spark writes this key even when there are none.
  keys.set('spark.submit.pyFiles', keys.get('spark.submit.pyFiles') ?? '');
  return keys;
}

/** The options that are lists, by the property that each stands for. */
export function dependencyLists(
  options: SubmitOptions,
): readonly (readonly [key: string, entries: readonly string[]])[] {
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

/** What the driver is to run: an uploaded script, or no resource where the jar travels among the others. */
export function resourceArgument(primaryResource: string, resourceType: ResourceType, uploads: UploadPlan): string {
  if (primaryResource === noResource || locationOf(primaryResource) !== 'submitter') return primaryResource;
  if (resourceType === 'java') return noResource;
  if (resourceType === 'python') return uploads.add(primaryResource, 'primary resource');
  throw refused(
    `primary resource: '${withoutSecrets(primaryResource)}' is a file of the submitting machine, and Spark uploads no R files; use local://`,
  );
}

/** Files that are uploaded come before the others. */
function withUploads(key: string, list: string, uploads: UploadPlan): string {
  const uris = list.split(',').filter((uri) => uri !== '');
  const isLocal = (uri: string) => locationOf(uri) === 'submitter';
  const uploaded = uris.filter(isLocal).map((uri) => uploads.add(uri, key));
  return [...uploaded, ...uris.filter((uri) => !isLocal(uri))].join(',');
}

/** Without empty entries. */
function urisOf(key: string, list: string): readonly string[] {
  const uris = list.split(',').filter((uri) => uri.trim() !== '');
  for (const uri of uris) {
    if (uri.trim() !== uri)
      throw refused(`${key}: Illegal character, a blank, before or after the URI '${withoutSecrets(uri.trim())}'`);
    if (locationOf(uri) === 'hadoop' && isGlob(uri)) {
      throw refused(
        `${key}: patterns such as ${withoutSecrets(uri)} need a Hadoop file system and are not supported yet; list the files`,
      );
    }
  }
  return uris;
}

function withPrimaryJar(jars: string, options: SubmitOptions): string {
  const primary = options.primaryResource === noResource ? [] : [options.primaryResource];
  return [...(jars === '' ? [] : [jars]), ...primary].join(',');
}
