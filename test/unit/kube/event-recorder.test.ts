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
