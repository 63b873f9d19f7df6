/**
 * The command line and the properties file of spark-submit, so that it reads what the native submitter would. All that has a
 * property travels in the file, as one argument of a process is limited to 128 KiB.
 */
import { label } from '../../src/api/labels.js';
import { dependencyLists } from './dependencies.js';
import { javaTrim } from './names.js';
import { refused } from './refusal.js';
import type { SubmitOptions } from './submit-options.js';

/** Where the files for spark-submit are mounted: where the properties of a native submission have the templates. */
export function submissionDirectory(submissionId: string): string {
  return `/tmp/spark/${submissionId}`;
}

export const propertiesFileName = 'spark.properties';

/** Of all properties; those that the file can not carry stand on the command line too, where they win. */
export function propertiesOf(options: SubmitOptions, tags: ReadonlyMap<string, string>): Map<string, string> {
  const properties = new Map(options.conf);
  for (const [key, entries] of dependencyLists(options)) if (entries.length > 0) properties.set(key, entries.join(','));
  for (const [key, value] of tags) properties.set(`spark.kubernetes.driver.annotation.${key}`, value);
  properties.set(`spark.kubernetes.driver.label.${label.tagged}`, 'true');
  properties.set('spark.kubernetes.submission.waitAppCompletion', 'false');
  return properties;
}

/** As the image's entrypoint runs it. */
export function commandOf(options: SubmitOptions, submissionId: string): string[] {
  const { master, name, mainClass, proxyUser, primaryResource } = options;
  const command = [
    '/opt/spark/bin/spark-submit',
    ...['--master', master, '--deploy-mode', 'cluster'],
    ...option('--name', name),
    ...['--properties-file', `${submissionDirectory(submissionId)}/${propertiesFileName}`],
    ...[...options.conf].filter(isTrimmed).flatMap(([key, value]) => ['--conf', `${key}=${argument(key, value)}`]),
    ...option('--class', mainClass),
    ...option('--proxy-user', proxyUser),
    primaryResource,
    ...options.arguments,
  ];
  return command.map(asLiteral);
}

function option(flag: string, value: string | undefined): string[] {
  return value === undefined ? [] : [flag, value];
}

/** Spark trims the values of a properties file, and those of `--conf` not. */
function isTrimmed([, value]: readonly [key: string, value: string]): boolean {
  return javaTrim(value) !== value;
}

/** Linux allows 128 KiB; some are for the key. */
const longestArgument = 120 * 1024;

function argument(key: string, value: string): string {
  if (Buffer.byteLength(value) <= longestArgument) return value;
  throw refused(
    `${key}: begins or ends with a blank and is over ${longestArgument} bytes: a submission pod can not pass it on`,
  );
}

/** The kubelet would put the value of a variable for `$(NAME)`. */
function asLiteral(text: string): string {
  return text.replaceAll('$', '$$$$');
}
