import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readYaml } from '../../../src/commands/yaml-documents.js';
import { yamlReadings } from '../../manifests/yaml-readings.js';

describe('YAML means what it means to kubectl:', () => {
  for (const [yaml, value] of yamlReadings) {
    it(yaml, () => assert.deepEqual(Object(readYaml('f', `%YAML 1.2\n---\na: ${yaml}\n`)[0]?.object).a, value));
  }

  it('what JSON has no number for is no number', () => {
    assert.deepEqual(readYaml('f', '[.inf, -.INF, .nan]')[0]?.object, [Number.NaN, Number.NaN, Number.NaN]);
  });
});
