import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sparkApplicationCrd } from '../../../src/api/crd.js';
import { notSupportedYet } from '../../../src/api/not-supported-yet.js';
import { describeProblems, formatPath, pathSegments } from '../../../src/api/problem.js';
import { admitSparkApplication } from '../../../src/api/spark-application.js';
import { invalidManifests } from '../../manifests/invalid-manifests.js';
import { schemaFields } from './crd-fields.js';
import { manifest, nested, pathsOf, problemsOf } from './manifests.js';

describe('a manifest is refused, with the path of each field, for', () => {
  for (const { what, spec, metadata, problems, by } of invalidManifests) {
    it(what, () => {
      const object = manifest(spec, metadata);
      const found = problemsOf(object);
      assert.deepEqual(found.map(({ path }) => path).sort(), problems.map(([path]) => path).sort());
      for (const [path, message] of problems) {
        assert.ok(
          found.some((problem) => problem.path === path && message.test(problem.message)),
          `${path}: ${JSON.stringify(found)}`,
        );
      }
      assert.equal(admitSparkApplication(object).ok, by === 'operator');
    });
  }

  it('a number that JavaScript can not hold', () => {
    const [problem] = problemsOf(manifest({ driver: { terminationGracePeriodSeconds: 2 ** 53 } }));
    assert.equal(problem?.path, 'spec.driver.terminationGracePeriodSeconds');
    assert.match(problem?.message ?? '', /kept exactly/);
  });

  it('being of another kind or version', () => {
    assert.deepEqual(pathsOf({ ...manifest(), kind: 'ScheduledSparkApplication' }), ['kind']);
    assert.deepEqual(pathsOf({ ...manifest(), apiVersion: 'sparkoperator.k8s.io/v1beta1' }), ['apiVersion']);
    assert.deepEqual(pathsOf({}).sort(), ['apiVersion', 'kind', 'spec']);
  });

  for (const nothing of [null, undefined, 'text', 5, [], true]) {
    it(`being ${JSON.stringify(nothing)}`, () => assert.deepEqual(pathsOf(nothing), ['']));
  }
});

describe('a field without effect yet', () => {
  const asking: Readonly<Record<string, unknown>> = {
    sparkUIOptions: { servicePort: 1 },
    driverPodDisruptionBudget: true,
  };

  it('is refused with its path', () => {
    const found = problemsOf(manifest(asking));
    assert.deepEqual(found.map(({ path }) => path).sort(), ['spec.driverPodDisruptionBudget', 'spec.sparkUIOptions']);
    assert.ok(found.every(({ message }) => message === notSupportedYet));
  });

  it('is accepted where it asks for nothing', () => {
    const neutral = {
      dynamicAllocation: { enabled: false, maxExecutors: 5 },
      driverIngressOptions: [],
      sparkUIOptions: {},
      driver: { sidecars: [], nodeSelector: {}, schedulerName: '', hostNetwork: false, template: null },
    };
    assert.deepEqual(problemsOf(manifest(neutral)), []);
  });
});

/** Fields outside of lists and maps that are texts or lists. */
const measured = schemaFields(sparkApplicationCrd()).filter(
  ({ path, schema }) =>
    path[0] === 'spec' && ['string', 'array'].includes(schema.type ?? '') && !path.some((name) => /^\W+$/.test(name)),
);

describe('a text or a list', () => {
  it('is no object that says it has a length, in any field', () => {
    assert.ok(measured.length > 40, String(measured.length));
    for (const { path } of measured) {
      const object = manifest(nested(path.slice(1), { length: { toString: 1 } }));
      assert.ok(pathsOf(object).includes(formatPath(path)), path.join('.'));
    }
  });
});

describe('problems in one line', () => {
  it('name path and message, and count what there is no room for', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ path: `spec.volumes[${index}]`, message: 'wrong' }));
    assert.match(describeProblems(many), /^spec\.volumes\[0\]: wrong; .*spec\.volumes\[9\]: wrong; and 2 more$/);
    assert.equal(describeProblems([{ path: '', message: 'not an object' }]), 'not an object');
  });

  it('have paths that can be taken apart again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.nat(), fc.constantFrom('spec', 'a.b', '"]', '\\'))), (path) => {
        assert.deepEqual(pathSegments(formatPath(path)), path);
      }),
    );
  });

  it('quote the parts of a path that are no plain names', () => {
    assert.equal(
      formatPath(['spec', 'volumes', 0, 'a.b', 'c d', '"', '0', '']),
      'spec.volumes[0]["a.b"]["c d"]["\\""]["0"][""]',
    );
  });
});
