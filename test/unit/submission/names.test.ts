import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { idsOf } from '../../../reconciler/submission/ids.js';
import { applicationNameLabel, driverServiceName, resourceNamePrefix } from '../../../reconciler/submission/names.js';

const ids = { ...idsOf('5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f', 0), resourcePrefixId: 'e7c7e17d25af7a9e' };

const vectors: readonly (readonly [name: string, prefix: string, label: string])[] = [
  ['My App_v1.2', 'my-app-v1-2-e7c7e17d25af7a9e', 'my-app-v1-2'],
  ['1st-app', 'xst-app-e7c7e17d25af7a9e', '1st-app'],
  ['-x-', 'x-e7c7e17d25af7a9e', 'x'],
  ['  Ünïcode Äpp ', 'n-code-pp-e7c7e17d25af7a9e', 'n-code-pp'],
  [
    'org.apache.spark.examples.SparkPi',
    'org-apache-spark-examples-sparkpi-e7c7e17d25af7a9e',
    'org-apache-spark-examples-sparkpi',
  ],
];

describe('names that are made of the name of an application', () => {
  for (const [name, prefix, label] of vectors) {
    it(`are for '${name}' those that Spark makes`, () => {
      assert.equal(resourceNamePrefix(name, ids), prefix);
      assert.equal(applicationNameLabel(name), label);
    });
  }

  it('keep the Service at 63 characters: a name of 36 characters gets a short one', () => {
    assert.equal(driverServiceName(resourceNamePrefix('a'.repeat(35), ids), ids).length, 63);
    assert.equal(driverServiceName(resourceNamePrefix('a'.repeat(36), ids), ids), `spark-${ids.serviceId}-driver-svc`);
  });

  it('give a valid label value for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        assert.match(applicationNameLabel(name), /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$/);
      }),
    );
  });
});

describe('the ids of a submission', () => {
  it('follow from the submission id, and differ from each other', () => {
    const again = idsOf('5D2C7B1E-0F4A-4C2F-9D3E-6A7B8C9D0E1F', 0);
    assert.deepEqual({ ...again, resourcePrefixId: ids.resourcePrefixId }, ids);
    assert.equal(again.applicationId, 'spark-5d2c7b1e0f4a4c2f9d3e6a7b8c9d0e1f');
    assert.match(again.localDirectoryId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(new Set([again.resourcePrefixId, again.configMapId, again.serviceId]).size, 3);
    assert.match(again.resourcePrefixId, /^[0-9a-f]{16}$/);
  });

  it('are refused for what is not a UUID', () => {
    assert.throws(() => idsOf('attempt-1', 0), /attempt-1/);
  });
});
