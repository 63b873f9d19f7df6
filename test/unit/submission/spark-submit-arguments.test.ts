import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differencesOf } from '../../../reconciler/submission/differences.js';
import { parseSparkSubmitArguments } from '../../../reconciler/submission/spark-submit-arguments.js';
import {
  checkOptionsOf,
  propertiesFiles,
  propertiesOf,
  submitOptions,
  submitTarget,
} from '../../../reconciler/submission/spark-submit-options.js';
import { parseSparkVersion } from '../../../reconciler/submission/spark-version.js';

const start = ['--master', 'k8s://https://h:6443', '--deploy-mode', 'cluster'];
const parse = (args: readonly string[], environment: Record<string, string> = {}, file = '') => {
  const parsed = parseSparkSubmitArguments([...start, ...args]);
  return submitOptions(parsed, submitTarget(parsed, propertiesOf([file]), environment));
};

describe("spark-submit's command line", () => {
  it('lets a typed option win over its key, and a later --conf over an earlier one', () => {
    const options = parse([
      '--driver-memory',
      '2g',
      '--conf',
      'spark.driver.memory=1g',
      '-c',
      'spark.a=1',
      '--conf=spark.a=2',
      'x.jar',
    ]);
    assert.equal(options.conf.get('spark.driver.memory'), '2g');
    assert.equal(options.conf.get('spark.a'), '2');
  });

  it('takes from the environment only what nothing else says', () => {
    const environment = { SPARK_DRIVER_MEMORY: '3g', SPARK_EXECUTOR_CORES: '4', DEPLOY_MODE: 'client' };
    const options = parse(['--conf', 'spark.driver.memory=1g', 'x.jar'], environment);
    assert.equal(options.conf.get('spark.driver.memory'), '1g');
    assert.equal(options.conf.get('spark.executor.cores'), '4');
  });

  it('ends with the primary resource: what follows belongs to the application', () => {
    const args = ['local:///a.py', '--conf', 'x', '--dry-run', ''];
    assert.deepEqual(parse(args).arguments, args.slice(1));
    assert.equal(parseSparkSubmitArguments(args).flags.has('dryRun'), false);
  });

  it('lets properties files stand behind --conf, a later file before an earlier one', () => {
    const options = parse(['--conf', 'spark.a=conf', 'x.jar'], {}, 'spark.a=file\nspark.b=  file ');
    assert.equal(options.conf.get('spark.a'), 'conf');
    assert.equal(options.conf.get('spark.b'), 'file');
    assert.deepEqual(
      [...propertiesOf(['spark.a=1\nspark.b=1', 'spark.b=2'])],
      [
        ['spark.a', '1'],
        ['spark.b', '2'],
      ],
    );
  });

  it('reads spark-defaults.conf where there is no properties file, and both with --load-spark-defaults', () => {
    const filesOf = (...args: string[]) => propertiesFiles(parseSparkSubmitArguments(args), 'defaults');
    assert.deepEqual(filesOf(), ['defaults']);
    assert.deepEqual(filesOf('--properties-file', 'a'), ['a']);
    assert.deepEqual(filesOf('--properties-file', 'a', '--load-spark-defaults', '--extra-properties-file', 'b'), [
      'defaults',
      'a',
      'b',
    ]);
  });

  for (const [option, since] of [
    ['--load-spark-defaults', '4.0.0'],
    ['--extra-properties-file=a', '4.2.0'],
  ] as const) {
    it(`knows ${option} from Spark ${since} on`, () => {
      const check = (version: string) =>
        checkOptionsOf(parseSparkSubmitArguments([option]), differencesOf(parseSparkVersion(version)).differences);
      assert.doesNotThrow(() => check(since));
      assert.throws(() => check('3.5.9'), { code: 'USAGE', message: /Unrecognized option/ });
    });
  }

  it('leaves out what other cluster managers understand, and remembers to say so', () => {
    const { ignored, rest } = parseSparkSubmitArguments(['--queue', 'q', '--supervise', 'x.jar']);
    assert.deepEqual(ignored, ['--queue', '--supervise']);
    assert.deepEqual(rest, ['x.jar']);
  });

  const refusals: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--no-such', 'x.jar'], /Unrecognized option '--no-such'/],
    [['--conf', 'spark.a', 'x.jar'], /Spark config without '=': spark\.a/],
    [['--name'], /Missing argument for option '--name'/],
    [['--deploy-mode', 'client', 'x.jar'], /--deploy-mode must be cluster, not client/],
    [[], /Missing application resource/],
  ];
  for (const [args, message] of refusals) {
    it(`is refused when it has '${args.join(' ')}'`, () => {
      assert.throws(() => parse(args), { code: 'USAGE', message });
    });
  }

  it('needs a master', () => {
    assert.throws(() => submitTarget(parseSparkSubmitArguments(['x.jar']), new Map(), {}), /--master is missing/);
  });
});
