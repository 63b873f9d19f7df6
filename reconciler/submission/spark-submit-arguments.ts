/**
 * spark-submit's own command line. One table says what each option becomes; a row is an option. What it means together
 * with properties files and the environment is the affair of spark-submit-options.ts.
 */
import { FiresteelError } from '../../src/errors.js';

type TextField =
  | 'master'
  | 'name'
  | 'mainClass'
  | 'proxyUser'
  | 'deployMode'
  | 'propertiesFile'
  | 'kill'
  | 'status'
  | 'sparkVersion';
type ListField = 'jars' | 'files' | 'pyFiles' | 'archives' | 'packages' | 'excludePackages' | 'repositories';
type FlagField = 'help' | 'version' | 'loadSparkDefaults' | 'verbose' | 'dryRun';

type Meaning =
  | { readonly text: TextField }
  | { readonly list: ListField }
  /** The key whose value it is. */
  | { readonly key: string }
  /** It has no value. */
  | { readonly flag: FlagField }
  | 'conf'
  | 'extra properties file'
  /** Of other cluster managers: read, with its value or as a flag, and left out with a warning, as Spark does. */
  | 'ignored'
  | 'ignored flag';

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
  ['--properties-file', { text: 'propertiesFile' }],
  ['--extra-properties-file', 'extra properties file'],
  ['--load-spark-defaults', { flag: 'loadSparkDefaults' }],
  ['--kill', { text: 'kill' }],
  ['--status', { text: 'status' }],
  ['--help', { flag: 'help' }],
  ['-h', { flag: 'help' }],
  ['--version', { flag: 'version' }],
  ['--verbose', { flag: 'verbose' }],
  ['-v', { flag: 'verbose' }],
  ['--queue', 'ignored'],
  ['--total-executor-cores', 'ignored'],
  ['--supervise', 'ignored flag'],
  // Firesteel's own.
  ['--spark-version', { text: 'sparkVersion' }],
  ['--dry-run', { flag: 'dryRun' }],
]);

export interface SparkSubmitArguments {
  readonly texts: Partial<Record<TextField, string>>;
  readonly lists: Record<ListField, readonly string[]>;
  readonly flags: ReadonlySet<FlagField>;
  /** In their order. */
  readonly extraPropertiesFiles: readonly string[];
  readonly conf: ReadonlyMap<string, string>;
  /** Keys that stand for options; they beat those of `conf`. */
  readonly keys: ReadonlyMap<string, string>;
  /** Options that mean nothing on Kubernetes. */
  readonly ignored: readonly string[];
  /** From the first argument that is no option: the primary resource and the application's own arguments. */
  readonly rest: readonly string[];
}

type Parsed = SparkSubmitArguments & {
  flags: Set<FlagField>;
  extraPropertiesFiles: string[];
  conf: Map<string, string>;
  keys: Map<string, string>;
  ignored: string[];
  rest: readonly string[];
};

/** @throws {FiresteelError} USAGE */
export function parseSparkSubmitArguments(commandLine: readonly string[]): SparkSubmitArguments {
  // bin/spark-submit loses carriage returns, and jobs rely on arguments being equal.
  const args = commandLine.map((argument) => argument.replaceAll('\r', ''));
  const parsed: Parsed = {
    texts: {},
    lists: { jars: [], files: [], pyFiles: [], archives: [], packages: [], excludePackages: [], repositories: [] },
    flags: new Set(),
    extraPropertiesFiles: [],
    conf: new Map(),
    keys: new Map(),
    ignored: [],
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
    if (meaning === 'ignored flag') {
      parsed.ignored.push(option);
    } else if (typeof meaning === 'object' && 'flag' in meaning) {
      parsed.flags.add(meaning.flag);
    } else {
      if (attached === undefined) index += 1;
      const value = attached ?? args[index];
      if (value === undefined) throw usage(`Missing argument for option '${option}'`);
      record(parsed, option, meaning, value);
    }
  }
  return parsed;
}

function record(parsed: Parsed, option: string, meaning: Exclude<Meaning, 'ignored flag'>, value: string): void {
  if (meaning === 'conf') {
    const equals = value.indexOf('=');
    if (equals < 0) throw usage(`Spark config without '=': ${value}`);
    parsed.conf.set(value.slice(0, equals), value.slice(equals + 1));
  } else if (meaning === 'extra properties file') {
    parsed.extraPropertiesFiles.push(value);
  } else if (meaning === 'ignored') {
    parsed.ignored.push(option);
  } else if ('text' in meaning) {
    parsed.texts[meaning.text] = value;
  } else if ('list' in meaning) {
    parsed.lists[meaning.list] = value.split(',');
  } else if ('key' in meaning) {
    parsed.keys.set(meaning.key, value);
  }
}

/** A line for each option. */
export function describeOptions(): string {
  const takesNoValue = (meaning: Meaning) =>
    meaning === 'ignored flag' || (typeof meaning === 'object' && 'flag' in meaning);
  const lines = [...options].map(([option, meaning]) => `  ${option}${takesNoValue(meaning) ? '' : ' VALUE'}`);
  return `usage: firesteel spark-submit [OPTIONS] RESOURCE [ARGUMENTS]\n\n${lines.join('\n')}\n`;
}

export function usage(message: string): FiresteelError {
  return new FiresteelError('USAGE', `spark-submit: ${message}`);
}
