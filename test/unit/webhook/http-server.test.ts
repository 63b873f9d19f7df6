import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { InjectOptions } from 'fastify';
import { createAuthority, oneDay } from '../../../certs/authority.js';
import { systemClock } from '../../../src/clock.js';
import { FiresteelError } from '../../../src/errors.js';
import { createLogger, silentLogger } from '../../../src/log.js';
import { AdmissionMetrics } from '../../../webhook/admission-metrics.js';
import { createHttpServer } from '../../../webhook/http-server.js';
import { defaultLimits, InFlight } from '../../../webhook/in-flight.js';
import type { Mutate } from '../../../webhook/review.js';
import { admissionOf, operation, patchIn, pod, podReview, responseIn } from './reviews.js';

const certificate = await createAuthority({ now: Date.now(), lifetime: oneDay });
const path = '/mutate--v1-pod';

function serverFor(mutate: Mutate, { draining = false, logger = silentLogger, maximum = 10 } = {}) {
  const inFlight = new InFlight({ ...defaultLimits, reviews: maximum }, systemClock);
  const metrics = new AdmissionMetrics(() => inFlight.count);
  const isDraining = () => draining;
  const onRequest = () => {};
  const options = { mutate, certificate, clock: systemClock, logger, inFlight, metrics, isDraining, onRequest };
  return { server: createHttpServer(options), inFlight, metrics };
}

const { server } = serverFor(() => admissionOf(operation));

function post(payload: string | object, headers: Record<string, string> = {}) {
  return server.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
}

describe('a review of a new pod', () => {
  test('is answered with the patch, under its uid', async () => {
    const answer = await post(podReview(pod));
    assert.equal(answer.statusCode, 200);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.deepEqual(patchIn(answer.body), [operation]);
    const { uid, allowed, patchType } = responseIn(answer.body);
    assert.deepEqual({ uid, allowed, patchType }, { uid: 'review-1', allowed: true, patchType: 'JSONPatch' });
  });

  test('is found with the timeout that API servers put into the query', async () => {
    const url = `${path}?timeout=10s`;
    const answer = await server.inject({ method: 'POST', url, payload: podReview(pod) });
    assert.equal(responseIn(answer.body).allowed, true);
  });

  test('that needs no change is allowed without a patch', async () => {
    const unchanged = serverFor(() => admissionOf()).server;
    const answer = await unchanged.inject({ method: 'POST', url: path, payload: podReview(pod) });
    assert.deepEqual(responseIn(answer.body), { uid: 'review-1', allowed: true });
  });

  test('hands over the pod as it was sent, unknown fields and a key __proto__ included', async () => {
    const seen: unknown[] = [];
    const looking = serverFor((given) => {
      seen.push(given);
      return admissionOf();
    }).server;
    const text = `{"kind":"Pod","metadata":{"annotations":{"__proto__":"x","constructor":{"prototype":1}}},"later":[1]}`;
    const payload = JSON.stringify(podReview({})).replace('"object":{}', `"object":${text}`);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await looking.inject({ method: 'POST', url: path, headers, payload });
    assert.equal(responseIn(answer.body).allowed, true);
    assert.equal(JSON.stringify(seen[0]), text);
  });

  test('carries warnings, bounded in number and length, and names in the audit log what was applied', async () => {
    const warnings = Array.from({ length: 30 }, (_, index) => `${index}: ${'x'.repeat(300)}`);
    const warning = serverFor(() => ({ patch: [], warnings, applied: ['env', 'gpu'] })).server;
    const answer = await warning.inject({ method: 'POST', url: path, payload: podReview(pod) });
    const { warnings: shown = [], auditAnnotations } = responseIn(answer.body);
    assert.deepEqual(auditAnnotations, { applied: 'env,gpu' });
    assert.equal(shown.length, 11);
    assert.equal(shown.at(-1), 'and 20 more warnings');
    assert.ok(shown.every((text) => text.length <= 256));
  });

  test('in a dry run is answered like any other, and says so in the log', async (context) => {
    const logger = createLogger('silent');
    const debug = context.mock.method(logger, 'debug', () => {});
    const dry = serverFor(() => admissionOf(operation), { logger }).server;
    const answer = await dry.inject({ method: 'POST', url: path, payload: podReview(pod, { dryRun: true }) });
    assert.deepEqual(patchIn(answer.body), [operation]);
    assert.match(JSON.stringify(debug.mock.calls[0]?.arguments), /"dryRun":true/);
  });

  test('that breaks a rule is denied with 403 and the words of the rule', async () => {
    const denying = serverFor(() => {
      throw new FiresteelError('ANNOTATION_INVALID', 'pod.sparkoperator.k8s.io/env: $[0].name is missing');
    }).server;
    const answer = await denying.inject({ method: 'POST', url: path, payload: podReview(pod) });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(responseIn(answer.body), {
      uid: 'review-1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: 'pod.sparkoperator.k8s.io/env: $[0].name is missing',
      },
      auditAnnotations: { denied: 'ANNOTATION_INVALID' },
    });
  });

  test('in which the mutation fails unforeseen is denied, and the stack goes to the log', async (context) => {
    const logger = createLogger('error');
    const errors = context.mock.method(logger, 'error', () => {});
    const failing = serverFor(
      () => {
        throw new TypeError('x is not a function');
      },
      { logger },
    ).server;
    const answer = await failing.inject({ method: 'POST', url: path, payload: podReview(pod) });
    const { allowed, status } = responseIn(answer.body);
    assert.equal(allowed, false);
    assert.equal(status?.code, 500);
    assert.match(status?.message ?? '', /failed on this pod, see its log: x is not a function/);
    assert.equal(errors.mock.callCount(), 1);
    assert.match(JSON.stringify(errors.mock.calls[0]?.arguments.map(readStack)), /http-server\.test/);
  });

  test('leaves one debug line with names, outcome and time, and no annotation', async (context) => {
    const logger = createLogger('silent');
    const debug = context.mock.method(logger, 'debug', () => {});
    const logging = serverFor(() => admissionOf(operation), { logger }).server;
    await logging.inject({ method: 'POST', url: path, payload: podReview(pod) });
    const generated = { ...pod, metadata: { generateName: 'pi-exec-' } };
    await logging.inject({ method: 'POST', url: path, payload: podReview(generated) });
    const lines = debug.mock.calls.map(({ arguments: given }) => JSON.stringify(given));
    assert.equal(lines.length, 2);
    assert.match(
      lines[0] ?? '',
      /"namespace":"jobs","name":"pi-driver","outcome":"patched","milliseconds":[0-9.]+.*"review"/,
    );
    assert.match(lines[1] ?? '', /"generateName":"pi-exec-"/);
    assert.ok(!lines.join().includes('SECRET-VALUE'));
  });
});

describe('a review of what is none of our business is allowed, untouched:', () => {
  const deployments = { group: 'apps', version: 'v1', resource: 'deployments' };
  const others: [string, object][] = [
    ['another resource', podReview(pod, { resource: deployments })],
    ['another group with pods', podReview(pod, { resource: { ...deployments, resource: 'pods' } })],
    ['the update of a pod', podReview(pod, { operation: 'UPDATE' })],
    ['the deletion of a pod, which has no object', podReview(pod, { operation: 'DELETE', object: null })],
    ['a connection', podReview(pod, { operation: 'CONNECT', subResource: 'exec' })],
    ['a subresource', podReview(pod, { subResource: 'binding' })],
  ];
  for (const [what, payload] of others) {
    test(what, async () => {
      const answer = await post(payload);
      assert.deepEqual(responseIn(answer.body), { uid: 'review-1', allowed: true });
    });
  }
});

describe('a review that can not be read is answered as a review, refused with 400', () => {
  const wrong: [string, object, RegExp][] = [
    ['no resource', podReview(pod, { resource: null }), /request\.resource/],
    ['no object', podReview(pod, { object: null }), /request\.object: expected a pod/],
    ['a list for an object', podReview(pod, { object: [] }), /request\.object: expected a pod/],
    ['another version', { ...podReview(pod), apiVersion: 'admission.k8s.io/v1beta1' }, /apiVersion/],
  ];
  for (const [what, payload, message] of wrong) {
    test(what, async () => {
      const answer = await post(payload);
      assert.equal(answer.statusCode, 200);
      const { uid, allowed, status } = responseIn(answer.body);
      assert.deepEqual({ uid, allowed, code: status?.code }, { uid: 'review-1', allowed: false, code: 400 });
      assert.match(status?.message ?? '', message);
    });
  }
});

describe('what is not a review is answered with its status and one line of text', () => {
  const review = JSON.stringify(podReview(pod));
  const faults: [string, InjectOptions, number, RegExp][] = [
    ['no body', { method: 'POST', url: path }, 400, /not an AdmissionReview/],
    ['an empty body', { method: 'POST', url: path, headers: json(), payload: '' }, 400, /not JSON/],
    ['garbage', { method: 'POST', url: path, headers: json(), payload: '{"a' }, 400, /not JSON/],
    ['a number', { method: 'POST', url: path, headers: json(), payload: '7' }, 400, /not an AdmissionReview/],
    ['deep nesting', { method: 'POST', url: path, headers: json(), payload: '['.repeat(200_000) }, 400, /not JSON/],
    ['no uid', { method: 'POST', url: path, payload: { request: {} } }, 400, /request\.uid/],
    [
      'text',
      { method: 'POST', url: path, headers: { 'content-type': 'text/plain' }, payload: review },
      415,
      /application\/json/,
    ],
    ['no type', { method: 'POST', url: path, payload: Buffer.from(review) }, 415, /application\/json/],
    ['more than 7 MiB', { method: 'POST', url: path, headers: json(), payload: ' '.repeat(7_400_000) }, 413, /larger/],
    ['another method', { method: 'GET', url: path }, 405, /takes POST only/],
    ['a probe, which has a port of its own', { method: 'GET', url: '/readyz' }, 404, /nothing here/],
    ['another path', { method: 'POST', url: '/validate', headers: json(), payload: review }, 404, /nothing here/],
    ['the name of a property of all objects', { method: 'GET', url: 'constructor' }, 404, /nothing here/],
    ['a path that is none', { method: 'GET', url: '/%zz' }, 400, /not a valid url/],
  ];
  for (const [what, request, status, text] of faults) {
    test(`${what}: ${status}`, async () => {
      const answer = await server.inject(request);
      assert.equal(answer.statusCode, status);
      assert.match(answer.body, text);
      assert.match(answer.body, /^[^\n]+\n$/);
      assert.match(String(answer.headers['content-type']), /^text\/plain/);
    });
  }

  test('405 names the method that is taken', async () => {
    assert.equal((await server.inject({ method: 'PUT', url: path })).headers['allow'], 'POST');
  });
});

describe('reviews in flight', () => {
  test('beyond the bound are answered 429 with Retry-After', async () => {
    const full = serverFor(() => admissionOf(), { maximum: 1 });
    const leave = full.inFlight.enter(1, () => {});
    assert.ok(leave);
    const refused = await full.server.inject({ method: 'POST', url: path, payload: podReview(pod) });
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.headers['retry-after'], '1');
    leave();
    const admitted = await full.server.inject({ method: 'POST', url: path, payload: podReview(pod) });
    assert.equal(admitted.statusCode, 200);
  });

  test('give their place back, answered or refused', async () => {
    const single = serverFor(() => admissionOf(), { maximum: 1 });
    for (const payload of [podReview(pod), '{', podReview(pod), '7', podReview(pod)]) {
      const answer = await single.server.inject({ method: 'POST', url: path, headers: json(), payload });
      assert.notEqual(answer.statusCode, 429);
      await single.inFlight.idle();
    }
  });
});

test('no connection is closed by us within the 90 s for which Go keeps an idle one', () => {
  const { keepAliveTimeout, headersTimeout, requestTimeout, timeout } = server.server;
  for (const limit of [keepAliveTimeout, headersTimeout, requestTimeout, timeout])
    assert.ok(limit > 90_000, `${limit}`);
});

test('while the server leaves, every answer closes its connection', async () => {
  const draining = serverFor(() => admissionOf(operation), { draining: true }).server;
  const answer = await draining.inject({ method: 'POST', url: path, payload: podReview(pod) });
  assert.equal(responseIn(answer.body).allowed, true);
  assert.equal(answer.headers['connection'], 'close');
});

function json(): Record<string, string> {
  return { 'content-type': 'application/json' };
}

function readStack(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !('err' in argument)) return argument;
  return argument.err instanceof Error ? argument.err.stack : argument;
}
