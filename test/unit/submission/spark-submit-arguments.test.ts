import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSparkSubmitArguments } from '../../../reconciler/submission/spark-submit-arguments.js';

const start = ['--master', 'k8s://https://h:6443', '--deploy-mode', 'cluster'];
const parse = (args: readonly string[], environment: Record<string, string> = {}) =>
  parseSparkSubmitArguments([...start, ...args], environment);

describe("spark-submit's command line", () => {
  it('lets a typed option win over its key, and a later --conf over an earlier one', () => {
    const { options } = parse([
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
    const { options } = parse(['--conf', 'spark.driver.memory=1g', 'x.jar'], environment);
    assert.equal(options.conf.get('spark.driver.memory'), '1g');
    assert.equal(options.conf.get('spark.executor.cores'), '4');
  });

  it('ends with the primary resource: what follows belongs to the application', () => {
    const { options, dryRun } = parse(['--dry-run', 'local:///a.py', '--conf', 'x', '--dry-run', '']);
    assert.deepEqual(options.arguments, ['--conf', 'x', '--dry-run', '']);
    assert.equal(dryRun, true);
  });

  const refusals: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['--no-such', 'x.jar'], /Unrecognized option '--no-such'/],
    [['--properties-file', 'f', 'x.jar'], /--properties-file: not supported yet/],
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
    assert.throws(() => parseSparkSubmitArguments(['--deploy-mode', 'cluster', 'x.jar'], {}), /--master is missing/);
  });
});
