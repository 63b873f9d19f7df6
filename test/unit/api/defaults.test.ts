import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withDefaults } from '../../../src/api/defaults.js';
import { application } from './manifests.js';

interface Row {
  readonly what: string;
  readonly spec: object;
  readonly driver?: object;
  readonly executor?: object;
}

const driverDefaults = { cores: 1, memory: '1g' };
const executorDefaults = { cores: 1, memory: '1g', instances: 1 };

const rows: readonly Row[] = [
  { what: 'are one core, 1g and one executor', spec: {} },
  {
    what: 'stand beside what is set',
    spec: { driver: { serviceAccount: 'spark' } },
    driver: { serviceAccount: 'spark' },
  },
  {
    what: 'give way to fields',
    spec: { driver: { cores: 2, memory: '2g' }, executor: { cores: 3, memory: '3g', instances: 4 } },
    driver: { cores: 2, memory: '2g' },
    executor: { cores: 3, memory: '3g', instances: 4 },
  },
  {
    what: 'give way to the Spark properties of the driver',
    spec: { sparkConf: { 'spark.driver.cores': '2', 'spark.driver.memory': '' } },
    driver: { cores: undefined, memory: undefined },
  },
  {
    what: 'give way to the Spark properties of the executors',
    spec: {
      sparkConf: { 'spark.executor.cores': '', 'spark.executor.memory': '2g', 'spark.executor.instances': '5' },
    },
    executor: { cores: undefined, memory: undefined, instances: undefined },
  },
  { what: 'do not give way to an empty number of executors', spec: { sparkConf: { 'spark.executor.instances': '' } } },
  {
    what: 'leave the number of executors to dynamic allocation, however Spark takes it for true',
    spec: { sparkConf: { 'spark.dynamicAllocation.enabled': ' TRUE' } },
    executor: { instances: undefined },
  },
  {
    what: 'do not mind dynamic allocation that is off, or keys that Spark does not know',
    spec: { sparkConf: { 'spark.dynamicAllocation.enabled': 'false', 'spark.dynamicallocation.enabled': 'true' } },
  },
];

describe('the defaults', () => {
  for (const { what, spec, driver, executor } of rows) {
    it(what, () => {
      const { spec: read } = application(spec);
      const defaulted = withDefaults(read);
      const plain: unknown = JSON.parse(JSON.stringify(defaulted));
      assert.deepEqual(
        plain,
        JSON.parse(
          JSON.stringify({
            ...read,
            driver: { ...driverDefaults, ...driver },
            executor: { ...executorDefaults, ...executor },
          }),
        ),
      );
    });
  }

  it('are never written into the application that they are for', () => {
    const { spec } = application({ driver: {} });
    const before = JSON.stringify(spec);
    withDefaults(spec);
    assert.equal(JSON.stringify(spec), before);
  });

  it('change nothing when they are there already', () => {
    const once = withDefaults(application().spec);
    assert.deepEqual(withDefaults(once), once);
  });
});
