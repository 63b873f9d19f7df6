import assert from 'node:assert/strict';
import http from 'node:http';
import { connect as connectSocket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { TLSSocket } from 'node:tls';
import { FiresteelError, messageOf } from '../../../src/errors.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError, ApiUnreachable } from '../../../src/kube/api-error.js';
import { BriefApiClient } from '../../../src/kube/brief-api-client.js';
import type { Connection } from '../../../src/kube/connection.js';
import { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { answerJson, type Handler, loopbackServer } from './loopback-server.js';
import { authority, leaf } from './test-authority.js';

const get = (path: string): ApiRequest => ({ method: 'GET', path });

const clients = [HttpApiClient, BriefApiClient];
type Client = (typeof clients)[number];

const setUp = setUpFor(HttpApiClient);

/** What a client promises however it sends its bytes. */
function both(
  promise: string,
  prove: (t: TestContext, of: { setUp: ReturnType<typeof setUpFor>; Client: Client }) => Promise<void>,
) {
  for (const Client of clients)
    test(`${Client.name}: ${promise}`, (t) => prove(t, { setUp: setUpFor(Client), Client }));
}

function setUpFor(Client: Client) {
  return (t: TestContext, handle: Handler, connection: Partial<Connection> = {}) =>
    serverAndClient(Client, t, handle, connection);
}

async function serverAndClient(Client: Client, t: TestContext, handle: Handler, connection: Partial<Connection>) {
  const server = await loopbackServer(handle);
  const client = new Client({ server: server.url, authorization: async () => undefined, ...connection });
  t.after(async () => {
    await server.close();
    await client.close();
  });
  return { server, client };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error('it did not fail');
}

/** undici frees a connection one tick after the answer, so that the next request of a loop may find it taken: two, not fifty. */
const connectionsOfALoop = 2;

test('many requests one after the other share a connection', async (t) => {
  const { server, client } = await setUp(t, (request, response) => answerJson(response, { path: request.url }));
  for (let turn = 0; turn < 50; turn += 1) {
    assert.deepEqual(await client.request(get(`/api/v1/pods?x=${turn}`)), { path: `/api/v1/pods?x=${turn}` });
  }
  assert.ok(server.connections() <= connectionsOfALoop, `${server.connections()} connections`);
});

test('many requests at once share a bounded number of connections, and watches take none of them', async (t) => {
  const { server, client } = await setUp(t, (request, response) => {
    if (request.url?.includes('watch')) response.writeHead(200).flushHeaders();
    else setImmediate(() => answerJson(response, {}));
  });
  const aborts = Array.from({ length: 40 }, () => new AbortController());
  let open = 0;
  const watches = aborts.map(async (abort) => {
    for await (const line of client.lines({ ...get('/pods'), query: { watch: 'true' } }, abort.signal, () => {
      open += 1;
    })) {
      assert.fail(`no line was sent, and yet ${line}`);
    }
  });
  await Promise.all(Array.from({ length: 300 }, () => client.request(get('/api'))));
  assert.equal(open, 40);
  assert.ok(server.connections() <= 40 + 32, `${server.connections()} connections`);
  for (const abort of aborts) abort.abort();
  await Promise.all(watches);
});

both(
  'a request carries the base path, the query, the credentials and the name of the client',
  async (t, { Client }) => {
    const server = await loopbackServer((request, response) =>
      answerJson(response, { url: request.url, headers: request.headers }),
    );
    const client = new Client(
      { server: `${server.url}/k8s/clusters/one/`, authorization: async () => 'Bearer hush' },
      { userAgent: 'firesteel/1.2.3' },
    );
    t.after(async () => {
      await client.close();
      await server.close();
    });
    const answer = await client.request({ ...get('/api/v1/pods'), query: { labelSelector: 'a=b,c' } });
    assert.ok(typeof answer === 'object' && answer !== null && 'url' in answer && 'headers' in answer);
    assert.equal(answer.url, '/k8s/clusters/one/api/v1/pods?labelSelector=a%3Db%2Cc');
    const { authorization, accept, 'user-agent': userAgent } = Object(answer.headers);
    assert.deepEqual(
      { authorization, accept, userAgent },
      {
        authorization: 'Bearer hush',
        accept: 'application/json',
        userAgent: 'firesteel/1.2.3',
      },
    );
  },
);

both(
  'requests of every method keep their body to themselves, one after the other on a connection',
  async (t, { setUp }) => {
    const { client } = await setUp(t, (request, response, body) => answerJson(response, [request.method, body]));
    for (const method of ['POST', 'DELETE', 'PUT', 'PATCH', 'DELETE', 'GET'] as const) {
      const body = method === 'GET' ? {} : { body: { text: 'ä' } };
      assert.deepEqual(await client.request({ method, path: '/a', ...body }), [
        method,
        method === 'GET' ? '' : '{"text":"ä"}',
      ]);
    }
  },
);

both('credentials are asked for anew for each request', async (t, { setUp }) => {
  let asked = 0;
  const { client } = await setUp(t, (request, response) => answerJson(response, request.headers.authorization), {
    authorization: async () => {
      asked += 1;
      return `Bearer ${asked}`;
    },
  });
  assert.equal(await client.request(get('/a')), 'Bearer 1');
  assert.equal(await client.request(get('/a')), 'Bearer 2');
});

for (const [method, patchType, expected] of [
  ['POST', undefined, 'application/json'],
  ['PUT', undefined, 'application/json'],
  ['DELETE', undefined, 'application/json'],
  ['PATCH', undefined, 'application/merge-patch+json'],
  ['PATCH', 'json-patch', 'application/json-patch+json'],
  ['PATCH', 'apply-patch', 'application/apply-patch+yaml'],
] as const) {
  test(`the body of a ${method}${patchType === undefined ? '' : ` (${patchType})`} is sent as ${expected}`, async (t) => {
    const { client } = await setUp(t, (request, response, body) =>
      answerJson(response, { type: request.headers['content-type'], method: request.method, body: JSON.parse(body) }),
    );
    const request = { method, path: '/a', body: { ä: 1 }, ...(patchType === undefined ? {} : { patchType }) };
    assert.deepEqual(await client.request(request), { type: expected, method, body: { ä: 1 } });
  });
}

both('a Status becomes an ApiError with its reason, its words and how long to wait', async (t, { setUp }) => {
  const { client } = await setUp(t, (_, response) =>
    answerJson(
      response,
      {
        kind: 'Status',
        message: 'pods "a" already exists',
        reason: 'AlreadyExists',
        code: 409,
        details: { causes: 'rubbish' },
      },
      409,
      { 'retry-after': '7' },
    ),
  );
  const failure = await failureOf(client.request({ method: 'POST', path: '/api/v1/pods', body: {} }));
  assert.ok(failure instanceof ApiError);
  assert.equal(failure.status, 409);
  assert.equal(failure.reason, 'AlreadyExists');
  assert.equal(failure.detail, 'pods "a" already exists');
  assert.equal(failure.retryAfterSeconds, 7);
  assert.equal(failure.message, 'POST /api/v1/pods: pods "a" already exists');
});

both('a failure whose body is no Status keeps the status and the beginning of the body', async (t, { setUp }) => {
  const { client } = await setUp(t, (_, response) => {
    response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>upstream\n connect error</h1>');
  });
  const failure = await failureOf(client.request(get('/a')));
  assert.ok(failure instanceof ApiError);
  assert.equal(failure.status, 503);
  assert.equal(failure.detail, '<h1>upstream connect error</h1>');
});

const refusedAnswers: [string, Handler][] = [
  [
    'a 2xx that is not JSON',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"password": hush}'),
  ],
  ['a redirect', (_, response) => response.writeHead(302, { location: '/login' }).end('hush')],
];

for (const [name, handle] of refusedAnswers) {
  test(`${name} is refused, and what it holds is not repeated`, async (t) => {
    const { client } = await setUp(t, handle);
    const failure = await failureOf(client.request(get('/a')));
    assert.ok(failure instanceof FiresteelError);
    assert.equal(failure.code, 'API_MALFORMED');
    assert.ok(!messageOf(failure).includes('hush'));
    assert.equal(failure.cause, undefined);
  });
}

const lateAnswers: [string, Handler][] = [
  ['no answer at all', () => {}],
  [
    'an answer that stops in the middle',
    (_, response) => response.writeHead(200, { 'content-length': '100' }).write('{"a":'),
  ],
];

for (const [name, handle] of lateAnswers) {
  test(`${name} within the deadline counts as none, and the request is not repeated`, async (t) => {
    let requests = 0;
    const { client } = await setUp(t, (request, response, body) => {
      requests += 1;
      handle(request, response, body);
    });
    const failure = await failureOf(client.request({ ...get('/a'), timeoutMilliseconds: 40 }));
    assert.ok(failure instanceof ApiUnreachable);
    assert.match(messageOf(failure), /no answer within 40 ms/);
    assert.equal(requests, 1);
  });
}

both('an answer that is cut off counts as none', async (t, { setUp }) => {
  const { client } = await setUp(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', () => response.destroy());
  });
  assert.ok((await failureOf(client.request(get('/a')))) instanceof ApiUnreachable);
});

test('an address where nothing listens is no answer, and the message says why', async () => {
  const gone = await loopbackServer(() => {});
  await gone.close();
  const client = new HttpApiClient({ server: gone.url, authorization: async () => undefined });
  const failure = await failureOf(client.request(get('/a')));
  assert.ok(failure instanceof ApiUnreachable);
  assert.match(messageOf(failure), /ECONNREFUSED/);
  await client.close();
});

both('a request ends when its signal aborts', async (t, { setUp }) => {
  const abort = new AbortController();
  const { client } = await setUp(t, () => abort.abort());
  assert.ok((await failureOf(client.request({ ...get('/a'), signal: abort.signal }))) instanceof ApiUnreachable);
  assert.ok((await failureOf(client.request({ ...get('/a'), signal: abort.signal }))) instanceof ApiUnreachable);
});

for (const [method, expected] of [
  ['GET', 'repeated once'],
  ['POST', 'not repeated'],
] as const) {
  test(`a ${method} on a kept connection that the server closes under it is ${expected}`, async (t) => {
    let requests = 0;
    const { client } = await setUp(t, (request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else answerJson(response, { requests });
    });
    await client.request(get('/a'));
    const second = client.request({ method, path: '/a', ...(method === 'POST' ? { body: {} } : {}) });
    if (method === 'GET') assert.deepEqual(await second, { requests: 3 });
    else assert.ok((await failureOf(second)) instanceof ApiUnreachable);
    assert.equal(requests, method === 'GET' ? 3 : 2);
  });
}

both(
  'over TLS the server is checked against the CA, the client shows its certificate, and a handshake serves many requests',
  async (t, { Client }) => {
    const ca = authority();
    const serving = leaf('server');
    const own = leaf('firesteel');
    const peers = new Set<string>();
    const server = await loopbackServer(
      (request, response) => {
        assert.ok(request.socket instanceof TLSSocket);
        peers.add(String(request.socket.getPeerCertificate().subject.CN));
        answerJson(response, {});
      },
      { cert: serving.certificate, key: serving.key, ca: ca.certificate, requestCert: true, rejectUnauthorized: true },
    );
    const common = { server: server.url, authorization: async () => undefined };
    const credentials = { clientCertificate: own.certificate, clientKey: own.key };
    const trusting = new Client({ ...common, ...credentials, ca: ca.certificate });
    const suspicious = new Client({ ...common, ...credentials });
    const careless = new Client({ ...common, ...credentials, insecureSkipTlsVerify: true });
    const misnamed = new Client({ ...common, ...credentials, ca: ca.certificate, serverName: 'kubernetes' });
    t.after(async () => {
      await Promise.all([trusting, suspicious, careless, misnamed].map((client) => client.close()));
      await server.close();
    });
    for (let turn = 0; turn < 10; turn += 1) await trusting.request(get('/a'));
    assert.ok(server.connections() <= connectionsOfALoop, `${server.connections()} connections`);
    assert.deepEqual([...peers], ['firesteel']);
    await careless.request(get('/a'));
    assert.ok((await failureOf(suspicious.request(get('/a')))) instanceof ApiUnreachable);
    assert.match(messageOf(await failureOf(misnamed.request(get('/a')))), /kubernetes/);
  },
);

test('requests go through a proxy where there is one', async (t) => {
  const ca = authority();
  const serving = leaf('server');
  const server = await loopbackServer((_, response) => answerJson(response, { through: 'proxy' }), {
    cert: serving.certificate,
    key: serving.key,
  });
  let tunnels = 0;
  const proxy = http.createServer().on('connect', (request, socket) => {
    tunnels += 1;
    const upstream = connectSocket(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = new HttpApiClient({
    server: server.url,
    ca: ca.certificate,
    proxyUrl: `http://127.0.0.1:${port}`,
    authorization: async () => undefined,
  });
  t.after(async () => {
    await client.close();
    await server.close();
    proxy.close();
  });
  for (let turn = 0; turn < 10; turn += 1) assert.deepEqual(await client.request(get('/a')), { through: 'proxy' });
  assert.ok(tunnels >= 1 && tunnels <= connectionsOfALoop, `${tunnels} tunnels`);
});

both(
  'the lines of a watch come one by one while it is open, whole characters wherever a chunk ends',
  async (t, { setUp }) => {
    const bytes = Buffer.from('{"a":"🔥"}\n{"b":"ä"}\n');
    let send = (_: Buffer) => {};
    let end = () => {};
    const { client } = await setUp(t, (_, response) => {
      response.writeHead(200).flushHeaders();
      send = (chunk) => response.write(chunk);
      end = () => response.end();
    });
    const lines = client.lines(get('/a'), new AbortController().signal, () => {
      send(bytes.subarray(0, 8));
      setImmediate(() => send(bytes.subarray(8)));
    });
    const iterator = lines[Symbol.asyncIterator]();
    assert.deepEqual(await iterator.next(), { value: '{"a":"🔥"}', done: false });
    assert.deepEqual(await iterator.next(), { value: '{"b":"ä"}', done: false });
    end();
    assert.deepEqual(await iterator.next(), { value: undefined, done: true });
  },
);

both('a watch outlives the deadline that its opening has', async (t, { setUp }) => {
  let send = (_: string) => {};
  const { client } = await setUp(t, (request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(200).flushHeaders();
    send = (chunk) => response.write(chunk);
  });
  let opened = () => {};
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const lines = client.lines({ ...get('/a'), timeoutMilliseconds: 50 }, new AbortController().signal, () => opened());
  const first = lines[Symbol.asyncIterator]().next();
  await open;
  await failureOf(client.request({ ...get('/silent'), timeoutMilliseconds: 100 }));
  send('late\n');
  assert.deepEqual(await first, { value: 'late', done: false });
});

both('a watch ends without an error when its signal aborts, and its connection with it', async (t, { setUp }) => {
  const abort = new AbortController();
  let closed = () => {};
  const closing = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const { client } = await setUp(t, (request, response) => {
    request.socket.on('close', closed);
    response.writeHead(200).write('{}\n');
  });
  const lines: string[] = [];
  for await (const line of client.lines(get('/a'), abort.signal)) {
    lines.push(line);
    abort.abort();
  }
  assert.deepEqual(lines, ['{}']);
  await closing;
});

both('a watch that is cut off, refused or not answered in time says so', async (t, { setUp }) => {
  const { client } = await setUp(t, (request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200);
      response.write('{}\n{', () => response.destroy());
    } else if (request.url === '/expired') {
      answerJson(response, { kind: 'Status', reason: 'Expired', message: 'too old', code: 410 }, 410);
    }
  });
  const read = async (path: string) => {
    const lines: string[] = [];
    const request = { ...get(path), timeoutMilliseconds: 100 };
    const reading = (async () => {
      for await (const line of client.lines(request, new AbortController().signal)) lines.push(line);
    })();
    return { failure: await failureOf(reading), lines };
  };
  const cut = await read('/cut');
  assert.ok(cut.failure instanceof ApiUnreachable);
  assert.deepEqual(cut.lines, ['{}']);
  const expired = await read('/expired');
  assert.ok(expired.failure instanceof ApiError && expired.failure.status === 410);
  const silent = await read('/silent');
  assert.match(messageOf(silent.failure), /no answer within 100 ms/);
});

test('closing ends watches and waits for requests', async (t) => {
  let arrived = (_: () => void) => {};
  const arrival = new Promise<() => void>((resolve) => {
    arrived = resolve;
  });
  const server = await loopbackServer((request, response) => {
    if (request.url === '/watch') response.writeHead(200).flushHeaders();
    else arrived(() => answerJson(response, { late: true }));
  });
  t.after(() => server.close());
  const client = new HttpApiClient({ server: server.url, authorization: async () => undefined });
  let opened = () => {};
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const watch = failureOf(
    (async () => {
      for await (const line of client.lines(get('/watch'), new AbortController().signal, opened)) assert.fail(line);
    })(),
  );
  await open;
  const late = client.request(get('/late'));
  const answer = await arrival;
  const closed = client.close();
  assert.ok((await watch) instanceof ApiUnreachable);
  answer();
  assert.deepEqual(await late, { late: true });
  await closed;
  assert.ok((await failureOf(client.request(get('/after')))) instanceof ApiUnreachable);
});
