/**
 * examples/driver-rights.yaml, and so the chart, grants drivers what Spark asks for and no more. It is the last of these tests, and
 * reads what the drivers of the others asked the API server.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readManifests } from '../../src/commands/manifest-files.js';
import { projectRoot } from '../e2e/operator-process.js';
import { describeRight, grantedRights, type Right } from '../e2e/rights/granted-rights.js';
import { auditedRequests, uses } from '../e2e/rights/used-rights.js';

const auditLog = process.env['API_AUDIT_LOG'];
const skip = auditLog === undefined && 'no audit log of the API server';

/** Needed, though nothing in these tests needs it; each with who does. */
const exceptions: readonly (readonly [right: string, reason: string])[] = [
  ['delete /pods', 'a driver deletes an executor that ended by itself'],
  ['create /persistentvolumeclaims', 'drivers make the claims of executors, where properties ask for them on demand'],
  ['patch /persistentvolumeclaims', 'spark-submit makes those of the driver (test/golden)'],
  ['create /services', 'asked for, without a line in the log, where spark-submit makes one by server-side apply'],
  ['create networking.k8s.io/networkpolicies', 'the same'],
  ['patch networking.k8s.io/networkpolicies', 'spark-submit of Spark 4.2 and later makes them (test/golden)'],
];

describe('the rights of drivers', { skip }, () => {
  const requests = auditedRequests(auditLog ?? '').filter(({ account }) => /^spark.*:(spark|default)$/.test(account));
  const granted = grantedRights(
    readManifests(join(projectRoot, 'examples/driver-rights.yaml')).map(({ object }) => object),
  );
  const short = (right: Right) => describeRight(right).replace(/^[^:]*: /, '');

  it('are enough for what they do in these tests', () => {
    assert.notEqual(requests.length, 0);
    assert.deepEqual(
      requests.filter(({ isAllowed }) => !isAllowed),
      [],
    );
  });

  it('are all in use, but for the exceptions that have a reason', () => {
    const idle = granted.filter((right) => !requests.some((request) => uses(request.right, right))).map(short);
    const reasons = new Map(exceptions);
    assert.deepEqual(
      idle.filter((right) => !reasons.has(right)),
      [],
    );
  });

  it('are granted where an exception names them', () => {
    const names = granted.map(short);
    assert.deepEqual(
      exceptions.filter(([right]) => !names.includes(right)),
      [],
    );
  });
});
