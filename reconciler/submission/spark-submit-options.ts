/**
 * From the command line, properties files and the environment to what is submitted (`SparkSubmitArguments`). An option beats
 * its key in `--conf`, that beats the files, and the environment comes last.
 */
import { parseJavaProperties } from '../../src/java-properties.js';
import type { VersionDifferences } from './differences.js';
import { type SparkSubmitArguments, usage } from './spark-submit-arguments.js';
import type { SubmitOptions } from './submit-options.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Values that the environment gives where neither an option nor `--conf` nor a file does. */
const environmentKeys: readonly (readonly [variable: string, key: string])[] = [
  ['MASTER', 'spark.master'],
  ['DEPLOY_MODE', 'spark.submit.deployMode'],
  ['SPARK_DRIVER_MEMORY', 'spark.driver.memory'],
  ['SPARK_EXECUTOR_MEMORY', 'spark.executor.memory'],
  ['SPARK_EXECUTOR_CORES', 'spark.executor.cores'],
];

/**
 * The files to read, from the weakest to the strongest.
 * @param defaultsFile `spark-defaults.conf`, where there is one; a `--properties-file` stands in its place
 */
export function propertiesFiles(args: SparkSubmitArguments, defaultsFile: string | undefined): readonly string[] {
  const { propertiesFile } = args.texts;
  const withDefaults = propertiesFile === undefined || args.flags.has('loadSparkDefaults');
  const files = [withDefaults ? defaultsFile : undefined, propertiesFile, ...args.extraPropertiesFiles];
  return files.filter((file) => file !== undefined);
}

/** What the files say together: a later one wins. Values lose blanks at both ends, but no line ends. */
export function propertiesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const entries = texts.flatMap((text) => [...parseJavaProperties(text)]);
  return new Map(entries.map(([key, value]) => [key, trimmed(value)]));
}

/** Without controls and blanks at both ends, except CR and LF (`Utils.trimExceptCRLF`). */
function trimmed(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
  return value.replace(/^[\u0000-\u0009\u000b\u000c\u000e-\u0020]+|[\u0000-\u0009\u000b\u000c\u000e-\u0020]+$/g, '');
}

/** Where to submit to: all that `--kill` and `--status` need. */
export interface SubmitTarget {
  readonly master: string;
  readonly conf: ReadonlyMap<string, string>;
}

/** @throws {FiresteelError} USAGE */
export function submitTarget(
  args: SparkSubmitArguments,
  fileProperties: ReadonlyMap<string, string>,
  environment: Environment,
): SubmitTarget {
  const conf = new Map([...fileProperties, ...args.conf, ...args.keys]);
  for (const [variable, key] of environmentKeys) {
    const value = environment[variable];
    if (value !== undefined && !conf.has(key)) conf.set(key, value);
  }
  const { master = conf.get('spark.master') } = args.texts;
  if (master === undefined) throw usage('--master is missing; write --master k8s://https://HOST:PORT');
  return { master, conf };
}

/** @throws {FiresteelError} USAGE */
export function submitOptions(args: SparkSubmitArguments, { master, conf }: SubmitTarget): SubmitOptions {
  const { name, mainClass, proxyUser, deployMode = conf.get('spark.submit.deployMode') } = args.texts;
  if (deployMode !== 'cluster')
    throw usage(`--deploy-mode must be cluster, not ${deployMode ?? 'client, the default'}`);
  const [primaryResource, ...applicationArguments] = args.rest;
  if (primaryResource === undefined)
    throw usage('Missing application resource: name a jar, a Python file or an R file');
  return {
    master,
    primaryResource,
    arguments: applicationArguments,
    ...(name === undefined ? {} : { name }),
    ...(mainClass === undefined ? {} : { mainClass }),
    ...(proxyUser === undefined ? {} : { proxyUser }),
    ...args.lists,
    conf,
  };
}

/**
 * Options that a release does not know yet.
 * @throws {FiresteelError} USAGE
 */
export function checkOptionsOf(args: SparkSubmitArguments, differences: VersionDifferences): void {
  if (args.flags.has('loadSparkDefaults') && !differences.loadSparkDefaults) {
    throw usage("Unrecognized option '--load-spark-defaults'; Spark has it since 4.0");
  }
  if (args.extraPropertiesFiles.length > 0 && !differences.extraPropertiesFiles) {
    throw usage("Unrecognized option '--extra-properties-file'; Spark has it since 4.2");
  }
}
