/** Whatever comes to the port of the webhook is answered or closed, and reviews are served meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { WebhookServerOptions } from '../../../webhook/server.js';
import { keepAliveAgent, RawConnection, sendReview } from './review-client.js';
import { pod, podReview, responseIn } from './reviews.js';
import { startServer } from './served.js';

const body = JSON.stringify(podReview(pod));
const start = 'POST /mutate--v1-pod HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\n';
const request = `${start}Content-Length: ${body.length}\r\n\r\n${body}`;

/** A server, and a way to see that it goes on serving. */
async function site(context: TestContext, options: Partial<WebhookServerOptions> = {}) {
  const connections: RawConnection[] = [];
  // Before the server closes, which waits for the reviews in flight.
  context.after(() => connections.forEach(({ socket }) => void socket.destroy()));
  const { server, target } = await startServer(context, options);
  const agent = keepAliveAgent(1);
  context.after(() => agent.destroy());
  const open = async () => {
    const connection = await RawConnection.open(target);
    connections.push(connection);
    return connection;
  };
  return { server, target, open, review: () => sendReview(target, agent) };
}

/** A clock whose time is set by hand and whose timers never come. */
function handClock() {
  const clock = { time: 0, now: () => clock.time, elapsed: () => clock.time, after: () => () => {} };
  return clock;
}

describe('slow and silent clients', () => {
  it('that send their headers byte by byte keep nobody out', async (context) => {
    const { open, review } = await site(context, { limits: { reviews: 2 } });
    const slow = await Promise.all(Array.from({ length: 20 }, open));
    for (const connection of slow) connection.write('POST /mutate--v1-pod HTTP/1.1\r\nHo');
    for (let time = 0; time < 5; time += 1) assert.equal((await review()).status, 200);
  });

  it('that send their bodies byte by byte give way to others after a second, and are told', async (context) => {
    const clock = handClock();
    const { open, review } = await site(context, { clock, limits: { reviews: 2 } });
    const slow = await Promise.all([open(), open()]);
    for (const connection of slow) {
      connection.write(`${start}Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n`);
      await connection.arrived(/100 Continue/);
    }
    assert.equal((await review()).status, 429);
    clock.time = 1_000;
    assert.equal((await review()).status, 200);
    await slow[0]?.closed;
    assert.match(slow[0]?.received ?? '', /HTTP\/1\.1 408 Request Timeout\r\n.*arrives too slowly\n/s);
  });

  it('that close their side after a request get its answer all the same', async (context) => {
    const { open } = await site(context);
    const connection = await open();
    connection.socket.end(request);
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 200 OK\r\n.*"allowed":true/s);
  });

  it('that close their side in the middle of a request are closed', async (context) => {
    const { open, review } = await site(context, { limits: { reviews: 1 } });
    const connection = await open();
    connection.socket.end(request.slice(0, -20));
    await connection.closed;
    for (;;) if ((await review()).status === 200) break;
  });
});

describe('too much', () => {
  it('of a body is refused before it is read, and the connection is closed', async (context) => {
    const { open, review } = await site(context);
    const connection = await open();
    connection.write(`${start}Content-Length: 8000000\r\n\r\n`);
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 413 Payload Too Large\r\n.*connection: close/is);
    assert.equal((await review()).status, 200);
  });

  it('of a body that never ends is refused at the limit, and the connection is closed', async (context) => {
    const { open, review } = await site(context);
    const connection = await open();
    connection.write(`${start}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    let sent = 0;
    connection.socket.on('drain', pour);
    function pour(): void {
      while (!connection.socket.destroyed && sent < 64 * 1_048_576 && connection.socket.write(chunk))
        sent += chunk.length;
    }
    pour();
    await connection.closed;
    assert.match(connection.received, /413/);
    assert.ok(sent < 32 * 1_048_576, `${sent} bytes were taken`);
    assert.equal((await review()).status, 200);
  });

  it('of bodies at once is refused with Retry-After, so that memory is bounded', async (context) => {
    const { open, review } = await site(context, { clock: handClock(), limits: { bytes: 1_000_000 } });
    const large = await open();
    large.write(`${start}Content-Length: 999999\r\nExpect: 100-continue\r\n\r\n`);
    await large.arrived(/100 Continue/);
    assert.equal((await review()).status, 429);
    const other = await open();
    other.write(request);
    await other.arrived(/HTTP\/1\.1 429 .*retry-after: 1\r\n/is);
  });

  it('of headers is refused', async (context) => {
    const { open } = await site(context);
    const connection = await open();
    connection.write(`${start}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 431 /);
  });

  it('of connections closes the longest silent one, and those in use stay', async (context) => {
    const { target, review } = await site(context, { maximumConnections: 50 });
    assert.equal((await review()).connection, 'keep-alive');
    const sockets: Socket[] = [];
    context.after(() => sockets.forEach((socket) => void socket.destroy()));
    let closed = 0;
    for (let count = 0; count < 1_000; count += 1) {
      const socket = connectTcp(target.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.once('close', () => {
        closed += 1;
      });
      socket.resume();
      sockets.push(socket);
      await once(socket, 'connect');
      if (count % 100 === 0) assert.equal((await review()).status, 200);
    }
    while (closed < 950) await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await review()).status, 200);
  });
});

describe('what is no request', () => {
  it('right after one that is, is answered 400, and the connection is closed', async (context) => {
    const { open, review } = await site(context, { limits: { reviews: 1 } });
    const connection = await open();
    connection.write(`${request}\x00\x01garbage\r\n\r\n`);
    await connection.closed;
    assert.match(connection.received, /HTTP\/1\.1 400 Bad Request/);
    for (;;) if ((await review()).status === 200) break;
  });

  it('but a second request in the same breath is answered, too', async (context) => {
    const { open } = await site(context);
    const connection = await open();
    connection.write(request + request);
    await connection.arrived(/200 OK.*200 OK.*"allowed":true/s);
  });

  it('but plain HTTP is closed', async (context) => {
    const { target, review } = await site(context);
    const socket = connectTcp(target.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write(request);
    await once(socket, 'close');
    assert.equal((await review()).status, 200);
  });

  it('but the beginning of HTTP/2 is answered 400', async (context) => {
    const { open } = await site(context);
    const connection = await open();
    connection.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 400 /);
  });
});

describe('TLS', () => {
  async function handshake(context: TestContext, options: ConnectionOptions) {
    const { target, review } = await site(context);
    const socket = connectTls({ host: '127.0.0.1', ...target, ...options });
    context.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    return { socket, review };
  }

  it('with a client that takes HTTP/2 alone is refused', async (context) => {
    await assert.rejects(handshake(context, { ALPNProtocols: ['h2'] }), /no application protocol/);
  });

  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    it(`of version ${version.slice(3)} is refused`, async (context) => {
      // Security level 0 lets the client offer it, so that it is the server that refuses.
      const options = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      await assert.rejects(handshake(context, options), /alert protocol version/);
    });
  }

  it('without a server name, and with one that is not ours, gets the one certificate', async (context) => {
    for (const options of [
      { servername: '' },
      { servername: 'other.example.com', checkServerIdentity: () => undefined },
    ]) {
      const { socket } = await handshake(context, options);
      assert.match(String(socket.getPeerCertificate().subject.CN), /firesteel webhook/);
    }
  });

  it('is not renegotiated', async (context) => {
    const { socket, review } = await handshake(context, { maxVersion: 'TLSv1.2' });
    const outcome = await new Promise<string>((resolve) => {
      socket.once('close', () => resolve('closed'));
      socket.once('error', () => resolve('refused'));
      socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : 'refused'));
    });
    assert.notEqual(outcome, 'renegotiated');
    assert.equal((await review()).status, 200);
  });
});

it('a review is still understood after all that', async (context) => {
  const { review } = await site(context);
  assert.equal(responseIn((await review()).body).allowed, true);
});
