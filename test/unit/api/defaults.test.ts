import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../../src/api/defaults.js';
import { admitSparkApplication } from '../../../src/api/spark-application.js';
import { manifest } from './manifests.js';

function specOf(spec: object) {
  const reading = admitSparkApplication(manifest(spec));
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading.application.spec;
}

interface Row {
  readonly field: string;
  readonly when: string;
  readonly spec: object;
  /** undefined: there is none. */
  readonly is: unknown;
}

const properties = (sparkConf: object) => ({ sparkConf });

const rows: readonly Row[] = [
  { field: 'mode', when: 'left out', spec: {}, is: 'cluster' },
  { field: 'mode', when: 'empty', spec: { mode: '' }, is: 'cluster' },

  { field: 'restartPolicy', when: 'left out', spec: {}, is: { type: 'Never' } },
  {
    field: 'restartPolicy',
    when: 'the type is left out',
    spec: { restartPolicy: { onFailureRetries: 3 } },
    is: { type: 'Never', onFailureRetries: 3 },
  },
  { field: 'restartPolicy', when: 'the type is empty', spec: { restartPolicy: { type: '' } }, is: { type: 'Never' } },
  {
    field: 'restartPolicy',
    when: 'it is Always, with both intervals',
    spec: { restartPolicy: { type: 'Always' } },
    is: { type: 'Always', onSubmissionFailureRetryInterval: 5, onFailureRetryInterval: 5 },
  },
  {
    field: 'restartPolicy',
    when: 'it is OnFailure with one interval, and no number of retries',
    spec: { restartPolicy: { type: 'OnFailure', onFailureRetryInterval: 60 } },
    is: { type: 'OnFailure', onSubmissionFailureRetryInterval: 5, onFailureRetryInterval: 60 },
  },

  ...['driver', 'executor'].flatMap((role) => [
    { field: `${role}.cores`, when: 'the role is left out', spec: {}, is: 1 },
    { field: `${role}.memory`, when: 'the role is left out', spec: {}, is: '1g' },
    { field: `${role}.cores`, when: 'the role says other things', spec: { [role]: { javaOptions: '-Da=b' } }, is: 1 },
    { field: `${role}.cores`, when: 'it is set', spec: { [role]: { cores: 4 } }, is: 4 },
    { field: `${role}.memory`, when: 'it is set', spec: { [role]: { memory: '4g' } }, is: '4g' },
    { field: `${role}.memory`, when: 'it is empty', spec: { [role]: { memory: '' } }, is: '1g' },
    {
      field: `${role}.cores`,
      when: 'a property says it, even an empty one',
      spec: properties({ [`spark.${role}.cores`]: '' }),
      is: undefined,
    },
    {
      field: `${role}.memory`,
      when: 'a property says it',
      spec: properties({ [`spark.${role}.memory`]: '2g' }),
      is: undefined,
    },
    {
      field: `${role}.memory`,
      when: 'the field and a property say it',
      spec: { ...properties({ [`spark.${role}.memory`]: '2g' }), [role]: { memory: '3g' } },
      is: '3g',
    },
  ]),

  { field: 'executor.instances', when: 'left out', spec: {}, is: 1 },
  { field: 'executor.instances', when: 'it is set', spec: { executor: { instances: 4 } }, is: 4 },
  {
    field: 'executor.instances',
    when: 'a property says it',
    spec: properties({ 'spark.executor.instances': '5' }),
    is: undefined,
  },
  {
    field: 'executor.instances',
    when: 'the property is empty',
    spec: properties({ 'spark.executor.instances': '' }),
    is: 1,
  },
  {
    field: 'executor.instances',
    when: 'dynamic allocation is on',
    spec: { dynamicAllocation: { enabled: true } },
    is: undefined,
  },
  {
    field: 'executor.instances',
    when: 'dynamic allocation is off, whatever the property says',
    spec: { dynamicAllocation: { enabled: false }, ...properties({ 'spark.dynamicAllocation.enabled': 'true' }) },
    is: 1,
  },
  {
    field: 'executor.instances',
    when: 'a property turns dynamic allocation on, however Spark takes it for true',
    spec: properties({ 'spark.dynamicAllocation.enabled': ' TRUE' }),
    is: undefined,
  },
  {
    field: 'executor.instances',
    when: 'the property is one that Spark does not know',
    spec: properties({ 'spark.dynamicallocation.enabled': 'true' }),
    is: 1,
  },

  { field: 'dynamicAllocation', when: 'left out', spec: {}, is: undefined },
  {
    field: 'dynamicAllocation.shuffleTrackingEnabled',
    when: 'dynamic allocation is on',
    spec: { dynamicAllocation: { enabled: true } },
    is: true,
  },
  {
    field: 'dynamicAllocation.shuffleTrackingEnabled',
    when: 'dynamic allocation is on and it is set',
    spec: { dynamicAllocation: { enabled: true, shuffleTrackingEnabled: false } },
    is: false,
  },
  {
    field: 'dynamicAllocation.shuffleTrackingEnabled',
    when: 'dynamic allocation is off',
    spec: { dynamicAllocation: { enabled: false } },
    is: undefined,
  },
];

const valueAt = (object: unknown, path: string) =>
  path.split('.').reduce<unknown>((value, name) => Object(value)[name], object);

describe('the default of', () => {
  for (const { field, when, spec, is } of rows) {
    it(`${field}, when ${when}: ${JSON.stringify(is)}`, () => {
      assert.deepEqual(valueAt(withDefaults(specOf(spec)), field), is);
    });
  }
});

describe('the defaults', () => {
  it('leave alone what has none', () => {
    const spec = specOf({ suspend: true, arguments: ['a'], executor: { deleteOnTermination: false } });
    const { mode, restartPolicy, driver, executor, ...rest } = withDefaults(spec);
    assert.deepEqual(rest, { ...specOf({}), suspend: true, arguments: ['a'] });
    assert.deepEqual([mode, restartPolicy], ['cluster', { type: 'Never' }]);
    assert.deepEqual(driver, { cores: 1, memory: '1g' });
    assert.deepEqual(executor, { cores: 1, memory: '1g', instances: 1, deleteOnTermination: false });
  });

  it('are never written into the application that they are for', () => {
    const spec = specOf({ driver: {}, restartPolicy: { type: 'Always' }, dynamicAllocation: { enabled: true } });
    const before = JSON.stringify(spec);
    withDefaults(spec);
    assert.equal(JSON.stringify(spec), before);
  });

  it('change nothing when they are there already', () => {
    const once = withDefaults(specOf({ restartPolicy: { type: 'OnFailure' }, dynamicAllocation: { enabled: true } }));
    assert.deepEqual(withDefaults(once), once);
  });
});
