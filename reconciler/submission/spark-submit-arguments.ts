/**
 * spark-submit's own command line. One table says what each option becomes; a row is an option. The precedence is
 * Spark's: an option beats its key in `--conf`, and both beat the environment.
 */
import { FiresteelError } from '../../src/errors.js';
import type { SubmitOptions } from './submit-options.js';

type TextField = 'master' | 'name' | 'mainClass' | 'proxyUser' | 'deployMode' | 'sparkVersion';
type ListField = 'jars' | 'files' | 'pyFiles' | 'archives' | 'packages' | 'excludePackages' | 'repositories';

type Meaning =
  | { readonly text: TextField }
  | { readonly list: ListField }
  /** The key whose value it is. */
  | { readonly key: string }
  | 'conf'
  | 'dry run'
  | 'not supported yet';

const options: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['--master', { text: 'master' }],
  ['--deploy-mode', { text: 'deployMode' }],
  ['--class', { text: 'mainClass' }],
  ['--name', { text: 'name' }],
  ['--proxy-user', { text: 'proxyUser' }],
  ['--jars', { list: 'jars' }],
  ['--files', { list: 'files' }],
  ['--py-files', { list: 'pyFiles' }],
  ['--archives', { list: 'archives' }],
  ['--packages', { list: 'packages' }],
  ['--exclude-packages', { list: 'excludePackages' }],
  ['--repositories', { list: 'repositories' }],
  ['--conf', 'conf'],
  ['-c', 'conf'],
  ['--driver-class-path', { key: 'spark.driver.extraClassPath' }],
  ['--driver-cores', { key: 'spark.driver.cores' }],
  ['--driver-java-options', { key: 'spark.driver.extraJavaOptions' }],
  ['--driver-library-path', { key: 'spark.driver.extraLibraryPath' }],
  ['--driver-memory', { key: 'spark.driver.memory' }],
  ['--executor-cores', { key: 'spark.executor.cores' }],
  ['--executor-memory', { key: 'spark.executor.memory' }],
  ['--num-executors', { key: 'spark.executor.instances' }],
  ['--principal', { key: 'spark.kerberos.principal' }],
  ['--keytab', { key: 'spark.kerberos.keytab' }],
  ['--properties-file', 'not supported yet'],
  ['--extra-properties-file', 'not supported yet'],
  ['--load-spark-defaults', 'not supported yet'],
  ['--kill', 'not supported yet'],
  ['--status', 'not supported yet'],
  ['--queue', 'not supported yet'],
  ['--remote', 'not supported yet'],
  ['--supervise', 'not supported yet'],
  ['--total-executor-cores', 'not supported yet'],
  ['--verbose', 'not supported yet'],
  ['-v', 'not supported yet'],
  // Firesteel's own.
  ['--spark-version', { text: 'sparkVersion' }],
  ['--dry-run', 'dry run'],
]);

/** Values that the environment gives where neither an option nor `--conf` does. */
const environmentKeys: readonly (readonly [variable: string, key: string])[] = [
  ['MASTER', 'spark.master'],
  ['DEPLOY_MODE', 'spark.submit.deployMode'],
  ['SPARK_DRIVER_MEMORY', 'spark.driver.memory'],
  ['SPARK_EXECUTOR_MEMORY', 'spark.executor.memory'],
  ['SPARK_EXECUTOR_CORES', 'spark.executor.cores'],
];

export interface SparkSubmitCommand {
  readonly options: SubmitOptions;
  /** Of `--spark-version`. */
  readonly sparkVersion?: string;
  readonly dryRun: boolean;
}

/** @throws {FiresteelError} USAGE */
export function parseSparkSubmitArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SparkSubmitCommand {
  // bin/spark-submit loses carriage returns, and jobs rely on arguments being equal.
  const parsed = parse(args.map((argument) => argument.replaceAll('\r', '')));
  const conf = new Map([...parsed.conf, ...parsed.keys]);
  for (const [variable, key] of environmentKeys) {
    const value = environment[variable];
    if (value !== undefined && !conf.has(key)) conf.set(key, value);
  }
  const { deployMode = conf.get('spark.submit.deployMode'), master = conf.get('spark.master') } = parsed.texts;
  if (deployMode !== 'cluster')
    throw usage(`--deploy-mode must be cluster, not ${deployMode ?? 'client, the default'}`);
  if (master === undefined) throw usage('--master is missing; write --master k8s://https://HOST:PORT');
  const [primaryResource, ...applicationArguments] = parsed.rest;
  if (primaryResource === undefined)
    throw usage('Missing application resource: name a jar, a Python file or an R file');
  const { name, mainClass, proxyUser, sparkVersion } = parsed.texts;
  return {
    options: {
      master,
      primaryResource,
      arguments: applicationArguments,
      ...(name === undefined ? {} : { name }),
      ...(mainClass === undefined ? {} : { mainClass }),
      ...(proxyUser === undefined ? {} : { proxyUser }),
      ...parsed.lists,
      conf,
    },
    ...(sparkVersion === undefined ? {} : { sparkVersion }),
    dryRun: parsed.dryRun,
  };
}

interface Parsed {
  readonly texts: Partial<Record<TextField, string>>;
  readonly lists: Record<ListField, readonly string[]>;
  readonly conf: Map<string, string>;
  /** Keys that stand for options. */
  readonly keys: Map<string, string>;
  dryRun: boolean;
  /** From the first argument that is no option. */
  rest: readonly string[];
}

function parse(args: readonly string[]): Parsed {
  const parsed: Parsed = {
    texts: {},
    lists: { jars: [], files: [], pyFiles: [], archives: [], packages: [], excludePackages: [], repositories: [] },
    conf: new Map(),
    keys: new Map(),
    dryRun: false,
    rest: [],
  };
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (!argument.startsWith('-')) {
      parsed.rest = args.slice(index);
      break;
    }
    const [, option = argument, attached] = /^(--[^=]+)=(.+)$/s.exec(argument) ?? [];
    const meaning = options.get(option);
    if (meaning === undefined) throw usage(`Unrecognized option '${option}'`);
    if (meaning === 'not supported yet') throw usage(`${option}: not supported yet`);
    if (meaning === 'dry run') {
      parsed.dryRun = true;
      continue;
    }
    if (attached === undefined) index += 1;
    const value = attached ?? args[index];
    if (value === undefined) throw usage(`Missing argument for option '${option}'`);
    record(parsed, meaning, value);
  }
  return parsed;
}

function record(parsed: Parsed, meaning: Exclude<Meaning, 'dry run' | 'not supported yet'>, value: string): void {
  if (meaning === 'conf') {
    const equals = value.indexOf('=');
    if (equals < 0) throw usage(`Spark config without '=': ${value}`);
    parsed.conf.set(value.slice(0, equals), value.slice(equals + 1));
  } else if ('text' in meaning) {
    parsed.texts[meaning.text] = value;
  } else if ('list' in meaning) {
    parsed.lists[meaning.list] = value.split(',');
  } else {
    parsed.keys.set(meaning.key, value);
  }
}

function usage(message: string): FiresteelError {
  return new FiresteelError('USAGE', `spark-submit: ${message}`);
}
