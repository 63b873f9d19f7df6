import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiUnreachable } from '../../../src/kube/api-error.js';
import { ListWatch, type ListWatchOptions, type ListWatchSink } from '../../../src/kube/list-watch.js';
import type { KubernetesObject } from '../../../src/kube/objects.js';
import { pods, sparkApplications } from '../../../src/kube/resources.js';
import { FakeApiServer, refuse } from './fake-api-server.js';
import { FakeClock, settle } from './fake-clock.js';
import { recordingLogger } from './fake-logger.js';

/** What a sink holds, as `name@version`. */
class RecordingSink implements ListWatchSink {
  readonly held = new Map<string, KubernetesObject>();
  readonly calls: string[] = [];
  fail: (call: string) => void = () => {};

  replace(objects: readonly KubernetesObject[], resourceVersion: string): void {
    this.#note(`replace ${resourceVersion}`);
    this.held.clear();
    for (const object of objects) this.held.set(object.metadata.name, object);
  }

  upsert(object: KubernetesObject): void {
    this.#note(`upsert ${object.metadata.name}`);
    this.held.set(object.metadata.name, object);
  }

  remove(object: KubernetesObject): void {
    this.#note(`remove ${object.metadata.name}`);
    this.held.delete(object.metadata.name);
  }

  get names(): string[] {
    return [...this.held.keys()].sort();
  }

  #note(call: string): void {
    this.fail(call);
    this.calls.push(call);
  }
}

function setUp(options: Partial<ListWatchOptions> = {}) {
  const server = new FakeApiServer();
  const clock = new FakeClock();
  const sink = new RecordingSink();
  const log = recordingLogger();
  const listWatch = new ListWatch({
    client: server,
    resource: pods,
    namespace: 'default',
    sink,
    clock,
    random: () => 0.5,
    logger: log.logger,
    ...options,
  });
  const started = async () => {
    listWatch.start();
    await settle();
  };
  return { server, clock, sink, log, listWatch, started };
}

const reset = () => new ApiUnreachable('GET /api/v1/pods', new Error('read ECONNRESET'));
/** Longer than the longest pause between two attempts. */
const longEnough = 61_000;

test('a list is taken in pages and gives its items the apiVersion and kind that they lack', async (t) => {
  const { server, sink, listWatch, started } = setUp({ pageLimit: 2, labelSelector: 'a=b', fieldSelector: 'c=d' });
  t.after(() => listWatch.stop());
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name);
  await started();
  await listWatch.synced;
  assert.deepEqual(sink.names, ['a', 'b', 'c', 'd', 'e']);
  assert.equal(sink.held.get('e')?.kind, 'Pod');
  assert.equal(sink.held.get('e')?.apiVersion, 'v1');
  assert.equal(server.lists.length, 3);
  for (const list of server.lists) {
    assert.equal(list.path, '/api/v1/namespaces/default/pods');
    assert.equal(list.query?.['limit'], '2');
    assert.equal(list.query?.['labelSelector'], 'a=b');
    assert.equal(list.query?.['fieldSelector'], 'c=d');
  }
});

test('a sink that keeps little gets a list object by object, and at its end the keys of all that there are', async (t) => {
  class KeepingLittle extends RecordingSink {
    retained: string[] = [];
    retain(keys: ReadonlySet<string>, resourceVersion: string): void {
      this.retained = [...keys, resourceVersion];
    }
  }
  const sink = new KeepingLittle();
  const { server, listWatch, started } = setUp({ sink, pageLimit: 2 });
  t.after(() => listWatch.stop());
  for (const name of ['a', 'b', 'c']) server.put(name);
  await started();
  await listWatch.synced;
  assert.deepEqual(sink.calls, ['upsert a', 'upsert b', 'upsert c']);
  const [a, b, c, version = ''] = sink.retained;
  assert.deepEqual([a, b, c], ['default/a', 'default/b', 'default/c']);
  assert.match(version, /^\d+$/);
  assert.equal(server.lists.length, 2);
});

test('how long a watch is silent is counted from the latest event or bookmark', async (t) => {
  const { server, clock, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.put('a');
  await started();
  await clock.advance(40_000);
  assert.equal(listWatch.silentMilliseconds, 40_000);
  server.put('b');
  await settle();
  assert.equal(listWatch.silentMilliseconds, 0);
});

test('a watch goes on from the version of the list, with bookmarks and a time after which the server ends it', async (t) => {
  const { server, sink, listWatch, started } = setUp({ watchTimeoutSeconds: { minimum: 100, maximum: 200 } });
  t.after(() => listWatch.stop());
  server.put('a');
  await started();
  assert.deepEqual(server.watches[0]?.query, {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '101',
    timeoutSeconds: '150',
  });
  server.put('b');
  server.put('a');
  server.delete('b');
  await settle();
  assert.deepEqual(sink.calls, ['replace 101', 'upsert b', 'upsert a', 'remove b']);
});

test('an expired continue token makes the list start again', async (t) => {
  const { server, clock, sink, listWatch, started } = setUp({ pageLimit: 1 });
  t.after(() => listWatch.stop());
  server.put('a');
  server.put('b');
  let expired = 0;
  server.intercept = (request) => {
    if (request.query?.['continue'] === undefined || expired > 0) return undefined;
    expired += 1;
    return refuse(410, 'Expired', 'the continue token is too old');
  };
  await started();
  assert.deepEqual(sink.calls, []);
  await clock.advance(longEnough);
  assert.deepEqual(sink.names, ['a', 'b']);
  assert.equal(server.lists.length, 4);
});

for (const [how, failure] of [
  ['a connection reset', reset()],
  ['an end in good order', undefined],
] as const) {
  test(`no change is lost across ${how}, and no list is taken for it`, async (t) => {
    const { server, clock, sink, listWatch, started } = setUp();
    t.after(() => listWatch.stop());
    server.put('a');
    await started();
    await clock.advance(5_000);
    server.put('b');
    await settle();
    server.breakWatches(failure);
    server.put('c');
    server.delete('a');
    await clock.advance(longEnough);
    assert.deepEqual(sink.calls, ['replace 101', 'upsert b', 'upsert c', 'remove a']);
    assert.equal(server.lists.length, 1);
    assert.equal(server.watches[1]?.query?.['resourceVersion'], '102');
    assert.equal(server.openStreams, 1);
  });
}

test('a bookmark moves the version from which the next watch goes on', async (t) => {
  const { server, clock, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  await started();
  server.bookmark();
  await clock.advance(2_000);
  server.breakWatches();
  await clock.advance(longEnough);
  assert.equal(server.watches[1]?.query?.['resourceVersion'], server.version);
});

for (const [form, expire] of [
  ['an ERROR event', (server: FakeApiServer) => server.say(errorEvent(410, 'Expired'))],
  ['the HTTP status of the next watch', (server: FakeApiServer) => server.breakWatches(reset())],
] as const) {
  test(`410 as ${form} makes a new list, which drops what has gone meanwhile`, async (t) => {
    const { server, clock, sink, listWatch, started } = setUp();
    t.after(() => listWatch.stop());
    server.put('a');
    await started();
    server.put('b');
    await settle();
    expire(server);
    server.compactedBefore = 104;
    server.delete('a');
    server.put('c');
    await clock.advance(longEnough);
    assert.deepEqual(sink.names, ['b', 'c']);
    assert.equal(server.lists.length, 2);
    assert.equal(server.openStreams, 1);
  });
}

test('a storm of 410 is met with ever longer pauses, not with a list after the other', async (t) => {
  const { server, clock, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.compactedBefore = Number.MAX_SAFE_INTEGER;
  await started();
  await clock.advance(600_000);
  assert.ok(server.lists.length < 25, `${server.lists.length} lists in ten minutes`);
  assert.ok(server.lists.length > 5);
  assert.ok(server.lists.length >= server.watches.length, 'no watch from a version that has expired');
});

for (const [name, line] of [
  ['an ERROR event other than 410', errorEvent(500, 'InternalError')],
  ['a line that is not JSON', '{"type":"ADDED","object":{"data":"hush'],
  ['a line that is no event', '{"type":"ADDED","object":{"data":"hush"}}'],
] as const) {
  test(`after ${name} the watch goes on from the last version`, async (t) => {
    const { server, clock, sink, log, listWatch, started } = setUp();
    t.after(() => listWatch.stop());
    await started();
    server.put('a');
    server.say(line);
    await settle();
    server.put('b');
    await clock.advance(longEnough);
    assert.deepEqual(sink.calls, ['replace 100', 'upsert a', 'upsert b']);
    assert.equal(server.lists.length, 1);
    assert.equal(log.at('warn').length, 1);
    assert.ok(!JSON.stringify(log.lines).includes('hush'), 'what the API server sent does not reach the log');
  });
}

test('a failure that comes back each time from one version leads to a new list', async (t) => {
  const { server, clock, sink, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.intercept = (request) => {
    if (request.query?.['resourceVersion'] === '100') refuse(500, 'InternalError', 'can not decode');
  };
  await started();
  server.put('a');
  await clock.advance(longEnough);
  assert.deepEqual(sink.calls, ['replace 100', 'replace 101']);
  assert.equal(server.openStreams, 1);
});

test('Retry-After of a 429 is respected', async (t) => {
  const { server, clock, sink, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  let refused = false;
  server.intercept = () => {
    if (refused) return undefined;
    refused = true;
    return refuse(429, 'TooManyRequests', 'slow down', 20);
  };
  await started();
  await clock.advance(19_900);
  assert.equal(server.requests.length, 1);
  await clock.advance(200);
  assert.deepEqual(sink.calls, ['replace 100']);
});

test('an API server that is away at the start is retried, and the log says so once and once that it is over', async (t) => {
  const { server, clock, log, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.intercept = () => {
    throw new ApiUnreachable('GET /api/v1/pods', new Error('connect ECONNREFUSED'));
  };
  await started();
  await clock.advance(120_000);
  assert.ok(server.requests.length > 5);
  assert.equal(log.at('warn').length, 1);
  assert.match(log.at('warn')[0]?.reason ?? '', /ECONNREFUSED/);
  server.intercept = () => undefined;
  await clock.advance(longEnough);
  await listWatch.synced;
  assert.equal(log.at('warn').length, 1);
  assert.equal(log.at('info').length, 1);
});

test('a resource that the API server does not know is retried with the advice to install it', async (t) => {
  const { server, clock, log, listWatch, started } = setUp({ resource: sparkApplications });
  t.after(() => listWatch.stop());
  let installed = false;
  server.intercept = () => (installed ? undefined : refuse(404, 'NotFound', 'could not find the requested resource'));
  await started();
  assert.match(
    log.at('warn')[0]?.msg ?? '',
    /install the custom resource definitions: firesteel crds \| kubectl apply -f -/,
  );
  installed = true;
  await clock.advance(longEnough);
  await listWatch.synced;
});

test('a new kind of failure is logged although the trouble is not over', async (t) => {
  const { server, clock, log, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.intercept = () => {
    throw reset();
  };
  await started();
  server.intercept = () => refuse(403, 'Forbidden', 'pods is forbidden');
  await clock.advance(longEnough);
  assert.deepEqual(
    log.at('warn').map(({ reason }) => reason?.includes('forbidden')),
    [false, true],
  );
});

test('a watch that is silent for too long is given up and opened again', async (t) => {
  const { server, clock, sink, listWatch, started } = setUp({ watchTimeoutSeconds: { minimum: 100, maximum: 100 } });
  t.after(() => listWatch.stop());
  await started();
  await clock.advance(60_000);
  server.put('a');
  await clock.advance(129_000);
  assert.equal(server.watches.length, 1);
  await clock.advance(2_000);
  assert.equal(server.watches.length, 2);
  assert.equal(server.openStreams, 1);
  server.put('b');
  await settle();
  assert.deepEqual(sink.names, ['a', 'b']);
});

test('a watch that may be dead is opened anew when that is asked for, and goes on where it was', async (t) => {
  const { server, clock, sink, listWatch, started } = setUp({ watchTimeoutSeconds: { minimum: 600, maximum: 600 } });
  t.after(() => listWatch.stop());
  server.put('a');
  await started();
  await clock.advance(59_000);
  listWatch.reopenIfSilentFor(60_000);
  await clock.advance(1_000);
  assert.equal(server.watches.length, 1);
  listWatch.reopenIfSilentFor(60_000);
  await clock.advance(1_000);
  assert.equal(server.watches.length, 2);
  assert.equal(server.openStreams, 1);
  assert.equal(server.lists.length, 1);
  server.put('b');
  await settle();
  assert.deepEqual(sink.names, ['a', 'b']);
});

test('a server that ends each watch at once is not hammered', async (t) => {
  const { server, clock, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.intercept = (request) => {
    if (request.query?.['watch']) setImmediate(() => server.breakWatches());
  };
  await started();
  await clock.advance(300_000);
  assert.ok(
    server.watches.length > 5 && server.watches.length < 30,
    `${server.watches.length} watches in five minutes`,
  );
});

test('pauses are short again after a watch that worked', async (t) => {
  const { server, clock, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  server.intercept = (request) => {
    if (request.query?.['watch']) throw reset();
  };
  await started();
  await clock.advance(120_000);
  server.intercept = () => undefined;
  await clock.advance(longEnough);
  assert.equal(server.openStreams, 1);
  server.breakWatches(reset());
  await clock.advance(300);
  assert.equal(server.openStreams, 1);
});

test('what a sink throws is logged as an error and answered with a new list', async (t) => {
  const { server, clock, sink, log, listWatch, started } = setUp();
  t.after(() => listWatch.stop());
  await started();
  sink.fail = (call) => {
    if (call.startsWith('upsert')) throw new Error('the sink is broken');
  };
  server.put('a');
  await settle();
  assert.equal(log.at('error').length, 1);
  await clock.advance(longEnough);
  assert.deepEqual(sink.names, ['a']);
  assert.equal(server.openStreams, 1);
});

test('stopping ends an open watch, and nothing reaches the sink afterwards', async () => {
  const { server, clock, sink, listWatch, started } = setUp();
  await started();
  server.put('late');
  await listWatch.stop();
  await settle();
  assert.deepEqual(sink.calls, ['replace 100']);
  assert.equal(server.openStreams, 0);
  assert.equal(clock.pending, 0);
});

test('stopping ends a pause between two attempts and gives up a list under way', async () => {
  const paused = setUp();
  paused.server.intercept = () => {
    throw reset();
  };
  await paused.started();
  await paused.listWatch.stop();
  assert.equal(paused.clock.pending, 0);

  const listing = setUp();
  listing.server.intercept = ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(reset())));
  await listing.started();
  await listing.listWatch.stop();
  assert.deepEqual(listing.log.lines, []);
});

function errorEvent(code: number, reason: string): string {
  return JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code, reason, message: `${reason}!` } });
}
