import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { EventRecorder, type EventRecorderOptions, type RecordedEvent } from '../../../src/kube/event-recorder.js';
import { FakeApiServer, refuse } from './fake-api-server.js';
import { FakeClock, settle } from './fake-clock.js';
import { recordingLogger } from './fake-logger.js';

interface SentEvent {
  metadata: { name: string };
  message: string;
  count: number;
}

function event(message: string, name = 'pi'): RecordedEvent {
  const object = {
    apiVersion: 'sparkoperator.k8s.io/v1beta2',
    kind: 'SparkApplication',
    namespace: 'jobs',
    name,
    uid: `uid-${name}`,
  };
  return { object, type: 'Normal', reason: 'SparkApplicationSubmitted', message };
}

function setUp(options: Partial<EventRecorderOptions> = {}) {
  const server = new FakeApiServer();
  const clock = new FakeClock();
  const log = recordingLogger();
  const recorder = new EventRecorder({
    client: server,
    component: 'spark-application-controller',
    clock,
    logger: log.logger,
    ...options,
  });
  const sent = (): SentEvent[] => server.requests.map(({ body }) => body).filter(isSentEvent);
  const messages = () => sent().map(({ message }) => message);
  return { server, clock, log, recorder, sent, messages };
}

function isSentEvent(body: unknown): body is SentEvent {
  return typeof body === 'object' && body !== null && 'message' in body;
}

const away = () => new ApiUnreachable('POST', new Error('connect ECONNREFUSED'));

test('an event names the object, the component and the time, and has a name of its own', async () => {
  const { server, recorder, sent } = setUp();
  recorder.record(event('one'));
  recorder.record(event('two'));
  await recorder.flush();
  const [first, second] = sent();
  assert.equal(server.requests[0]?.path, '/api/v1/namespaces/jobs/events');
  const { metadata, ...rest } = first ?? { metadata: { name: '' } };
  assert.match(metadata.name, /^pi\.[0-9a-f]+$/);
  assert.notEqual(metadata.name, second?.metadata.name);
  assert.deepEqual(rest, {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: event('').object,
    type: 'Normal',
    reason: 'SparkApplicationSubmitted',
    message: 'one',
    source: { component: 'spark-application-controller' },
    reportingComponent: 'spark-application-controller',
    firstTimestamp: '2026-01-02T03:04:05Z',
    lastTimestamp: '2026-01-02T03:04:05Z',
    count: 1,
  });
});

test('messages and names are cut to what the API takes, and not through a character', async () => {
  const { recorder, sent } = setUp();
  recorder.record(event(`${'x'.repeat(1_023)}🔥🔥`, `${'a'.repeat(229)}.${'-'.repeat(20)}`));
  await recorder.flush();
  const [only] = sent();
  assert.equal(only?.message, 'x'.repeat(1_023));
  assert.match(only?.metadata.name ?? '', /^a{229}\.[0-9a-f]+$/);
  assert.ok((only?.metadata.name.length ?? 999) <= 253);
});

test('the events of one object are sent one after the other, those of others do not wait', async () => {
  const { server, recorder, messages } = setUp();
  let release = () => {};
  server.intercept = (request) =>
    isSentEvent(request.body) && request.body.message === 'one'
      ? new Promise((resolve) => {
          release = () => resolve({});
        })
      : {};
  for (const message of ['one', 'two', 'three']) recorder.record(event(message));
  recorder.record(event('other', 'another'));
  await settle();
  assert.deepEqual(messages(), ['one', 'other']);
  release();
  await recorder.flush();
  assert.deepEqual(messages(), ['one', 'other', 'two', 'three']);
});

test('an event is sent again, with its name, when the API server is away, in order and with pauses', async () => {
  const { server, clock, recorder, sent, messages } = setUp();
  server.intercept = () => {
    throw away();
  };
  recorder.record(event('one'));
  await settle();
  for (let turn = 0; turn < 10; turn += 1) recorder.record(event(`later ${turn}`));
  await settle();
  assert.deepEqual(messages(), ['one']);
  server.intercept = () => undefined;
  const flushed = recorder.flush();
  await clock.advance(10_000);
  await flushed;
  assert.deepEqual(messages().slice(0, 3), ['one', 'one', 'later 0']);
  assert.equal(messages().length, 12);
  assert.equal(sent()[0]?.metadata.name, sent()[1]?.metadata.name);
});

test('an event that was made although its answer was lost is not reported as a failure', async () => {
  const { server, clock, log, recorder } = setUp();
  server.intercept = async (request) => {
    server.intercept = () => undefined;
    await server.request(request);
    throw away();
  };
  recorder.record(event('one'));
  await clock.advance(10_000);
  await recorder.flush();
  assert.deepEqual(log.at('warn'), []);
});

test('attempts are bounded, and then the event is dropped with a warning', async () => {
  const { server, clock, log, recorder } = setUp();
  server.intercept = () => refuse(503, 'ServiceUnavailable', 'not now');
  recorder.record(event('one'));
  const flushed = recorder.flush();
  await clock.advance(120_000);
  await flushed;
  assert.equal(server.requests.length, 6);
  assert.equal(log.at('warn').length, 1);
});

test('an event that is refused is dropped at once, and the next one is sent', async () => {
  const { server, log, recorder, messages } = setUp();
  server.intercept = () => {
    server.intercept = () => undefined;
    return refuse(403, 'Forbidden', 'the namespace is being terminated');
  };
  recorder.record(event('one'));
  recorder.record(event('two'));
  await recorder.flush();
  assert.deepEqual(messages(), ['one', 'two']);
  assert.match(log.at('warn')[0]?.reason ?? '', /terminated/);
});

test('beyond the limit events are dropped with one line in the log, until there is room', async () => {
  const { server, clock, log, recorder, messages } = setUp({ maximumPending: 3 });
  server.intercept = () => {
    throw away();
  };
  for (let turn = 0; turn < 100; turn += 1) recorder.record(event(`${turn}`));
  assert.equal(log.at('warn').length, 1);
  server.intercept = () => ({});
  await clock.advance(10_000);
  await recorder.flush();
  assert.deepEqual(new Set(messages()), new Set(['0', '1', '2']));
  recorder.record(event('room again'));
  await recorder.flush();
  assert.equal(messages().at(-1), 'room again');
});

/** Requests as `verb message ×count`. */
const requestsTo = (server: FakeApiServer) =>
  server.requests.map(({ method, body }) =>
    isSentEvent(body) ? `${method} ${body.message} ×${body.count}` : `${method} ?`,
  );

test('the same event once more raises the count of the first, now and then', async () => {
  const { server, clock, recorder } = setUp();
  recorder.record(event('again'));
  await settle();
  for (let turn = 0; turn < 50; turn += 1) {
    recorder.record(event('again'));
    await clock.advance(500);
  }
  await recorder.flush();
  const requests = requestsTo(server);
  assert.equal(requests[0], 'POST again ×1');
  assert.ok(requests.slice(1).every((request) => request.startsWith('PATCH again ×')));
  assert.equal(requests.at(-1), 'PATCH again ×51');
  assert.ok(requests.length <= 7, requests.join());
});

test('what is repeated before the first was sent needs no request of its own', async () => {
  const { server, recorder } = setUp();
  for (let turn = 0; turn < 3; turn += 1) recorder.record(event('again'));
  await recorder.flush();
  assert.deepEqual(requestsTo(server), ['POST again ×3']);
});

test('beyond a few different events of one reason, one speaks for the rest; none is dropped', async () => {
  const { server, recorder } = setUp({ maximumSimilar: 2 });
  for (let executor = 1; executor <= 1_000; executor += 1) recorder.record(event(`executor ${executor}`));
  await recorder.flush();
  assert.deepEqual(requestsTo(server), [
    'POST executor 1 ×1',
    'POST executor 2 ×1',
    'POST (combined from similar events): executor 1000 ×998',
  ]);
});

test('events of other objects and reasons are told on their own, and so is what comes after a long silence', async () => {
  const { clock, recorder, messages } = setUp({ maximumSimilar: 1 });
  recorder.record(event('one'));
  recorder.record(event('two', 'another'));
  recorder.record({ ...event('three'), reason: 'Other' });
  await recorder.flush();
  await clock.advance(11 * 60_000);
  recorder.record(event('four'));
  await recorder.flush();
  assert.deepEqual(messages().toSorted(), ['four', 'one', 'three', 'two']);
});

test('an event that expired before it was repeated is made anew', async () => {
  const { server, recorder } = setUp();
  recorder.record(event('again'));
  await recorder.flush();
  server.intercept = ({ method }) => (method === 'PATCH' ? refuse(404, 'NotFound', 'gone') : {});
  recorder.record(event('again'));
  await recorder.flush();
  assert.deepEqual(requestsTo(server), ['POST again ×1', 'PATCH again ×2', 'POST again ×2']);
});

test('an update that fails is tried again, a bounded number of times', async () => {
  const { server, clock, log, recorder } = setUp();
  recorder.record(event('again'));
  await recorder.flush();
  server.intercept = () => {
    throw away();
  };
  recorder.record(event('again'));
  const flushed = recorder.flush();
  await clock.advance(120_000);
  await flushed;
  assert.equal(server.requests.length, 7);
  assert.equal(log.at('warn').length, 1);
});
