import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { configMapVolumeName, driverPodName } from '../../../src/api/names.js';

describe('the name of the driver pod', () => {
  const sparkConf = { 'spark.kubernetes.driver.pod.name': 'by-property' };

  it('is that of the field, else of the property, else derived', () => {
    assert.equal(driverPodName('pi', { driver: { podName: 'by-field' }, sparkConf }), 'by-field');
    assert.equal(driverPodName('pi', { driver: {}, sparkConf }), 'by-property');
    assert.equal(driverPodName('pi', { sparkConf: {} }), 'pi-driver');
  });

  it('is never empty', () => {
    assert.equal(driverPodName('pi', { driver: { podName: '' }, sparkConf }), 'by-property');
    assert.equal(driverPodName('pi', { sparkConf: { 'spark.kubernetes.driver.pod.name': '' } }), 'pi-driver');
  });
});

/** What Kubernetes takes as the name of a volume. */
const volumeName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const configMapName = fc
  .array(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?$/), { minLength: 1, maxLength: 8 })
  .map((labels) => labels.join('.').slice(0, 253))
  .map((name) => name.replace(/[-.]+$/, ''))
  .filter((name) => name !== '');

describe('the volume of a ConfigMap', () => {
  const vectors: readonly (readonly [string, string])[] = [
    ['settings', 'settings-vol'],
    ['x'.repeat(59), `${'x'.repeat(59)}-vol`],
    ['x'.repeat(60), `${'x'.repeat(50)}-42f2d973-vol`],
    // As recorded and, for the cut ones, as the releases of the peer after the recordings name them.
    ['log4j2.properties', 'log4j2-properties-05688c10-vol'],
  ];
  for (const [configMap, volume] of vectors) {
    it(`of ${configMap} is ${volume}`, () => assert.equal(configMapVolumeName(configMap), volume));
  }

  it('does not end its cut part with a dash', () => {
    const name = `${'a'.repeat(45)}-----${'b'.repeat(20)}`;
    assert.match(configMapVolumeName(name), /^a{45}-[0-9a-f]{8}-vol$/);
  });

  it('is told apart for ConfigMaps that are cut to the same text', () => {
    const long = 'c'.repeat(70);
    assert.notEqual(configMapVolumeName(`${long}1`), configMapVolumeName(`${long}2`));
    assert.notEqual(configMapVolumeName('a.b'), configMapVolumeName('a-b'));
    assert.notEqual(configMapVolumeName('a.b-c'), configMapVolumeName('a-b.c'));
  });

  it('is a volume name, whatever the ConfigMap is called', () => {
    fc.assert(
      fc.property(configMapName, (name) => volumeName.test(configMapVolumeName(name))),
      { numRuns: 2_000 },
    );
  });
});
