import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect as connectTcp, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../../src/clock.js';
import { keepAliveAgent, RawConnection, sendReview } from './review-client.js';
import { operation, patchIn, pod, podReview } from './reviews.js';
import { authority, leaf, nextLeaf, startServer } from './served.js';

/** A clock whose timers wait until they are set off. */
function heldClock(): Clock & { fire(): void } {
  const timers = new Set<() => void>();
  return {
    now: () => 0,
    elapsed: () => 0,
    after(_milliseconds, callback) {
      timers.add(callback);
      return () => timers.delete(callback);
    },
    fire() {
      for (const callback of [...timers]) callback();
    },
  };
}

const body = JSON.stringify(podReview(pod));
const head = `POST /mutate--v1-pod HTTP/1.1\r\nHost: w\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

/** A review of which the server has the headers and not yet the body. */
async function openReview(target: { port: number; ca: string[] }): Promise<RawConnection> {
  const connection = await RawConnection.open(target);
  connection.write(head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
  await connection.arrived(/100 Continue/);
  return connection;
}

describe('a connection', () => {
  test('carries review after review', async (context) => {
    const { target } = await startServer(context);
    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    for (let review = 0; review < 3; review += 1) {
      const answer = await sendReview(target, agent);
      assert.equal(answer.status, 200);
      assert.equal(answer.connection, 'keep-alive');
      assert.deepEqual(patchIn(answer.body), [operation]);
    }
    assert.equal(Object.values(agent.freeSockets).flat().length, 1);
  });

  test('is TLS 1.2 at least: 1.1 is refused, 1.2 and 1.3 are taken', async (context) => {
    const { target } = await startServer(context);
    const handshake = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => {
      // Security level 0 lets the client offer 1.1, so that it is the server that refuses.
      const ciphers = 'DEFAULT@SECLEVEL=0';
      const options = { host: '127.0.0.1', ...target, minVersion: version, maxVersion: version, ciphers };
      const socket = connectTls(options);
      try {
        await once(socket, 'secureConnect');
        return socket.getProtocol();
      } finally {
        socket.destroy();
      }
    };
    await assert.rejects(handshake('TLSv1.1'), /alert protocol version/);
    assert.equal(await handshake('TLSv1.2'), 'TLSv1.2');
    assert.equal(await handshake('TLSv1.3'), 'TLSv1.3');
  });

  test('is HTTP/1.1 even where the client would rather have HTTP/2', async (context) => {
    const { target } = await startServer(context);
    const connection = await RawConnection.open(target);
    assert.equal(connection.socket.alpnProtocol, 'http/1.1');
    connection.socket.destroy();
  });

  test('on which something else than HTTP comes is answered 400 in one line, and closed', async (context) => {
    const { target } = await startServer(context);
    const connection = await RawConnection.open(target);
    connection.write('\x00\x01 what is this\r\n\r\n');
    await connection.closed;
    assert.match(connection.received, /^HTTP\/1\.1 400 Bad Request\r\n.*\r\n\r\nBad Request\n$/s);
  });

  test('on which a review does not come to its end is answered 408 at the deadline, and closed', async (context) => {
    const clock = heldClock();
    const { target } = await startServer(context, { clock, limits: { reviews: 1 } });
    const slow = await openReview(target);
    slow.write(body.slice(0, 10));
    clock.fire();
    await slow.closed;
    assert.match(slow.received, /HTTP\/1\.1 408 Request Timeout\r\n.*did not arrive within 10 s\n/s);

    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    assert.equal((await sendReview(target, agent)).status, 200, 'its place is free again');
  });

  test('that the client breaks off gives its place back', async (context) => {
    const { target } = await startServer(context, { limits: { reviews: 1 } });
    const broken = await openReview(target);
    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    assert.equal((await sendReview(target, agent)).status, 429);
    broken.socket.destroy();
    await broken.closed;
    for (;;) if ((await sendReview(target, agent)).status === 200) break;
  });
});

describe('a new certificate', () => {
  test('is served on new connections while hundreds of reviews go on, and none of them fails', async (context) => {
    const { server, target } = await startServer(context);
    const kept = keepAliveAgent(4);
    const fresh = new Agent({ keepAlive: false, maxSockets: 4 });
    context.after(() => kept.destroy());
    let statuses: number[] = [];
    const send = async (agent: Agent, count: number) => {
      for (let review = 0; review < count; review += 1) statuses.push((await sendReview(target, agent)).status);
    };
    const swap = async () => {
      for (let round = 0; round < 20; round += 1) {
        server.swapCertificate(round % 2 === 0 ? nextLeaf : leaf);
        const before = statuses.length;
        while (statuses.length < before + 5) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all([send(kept, 200), send(kept, 200), send(fresh, 60), send(fresh, 60), swap()]);
    assert.equal(statuses.length, 520);
    statuses = statuses.filter((status) => status !== 200);
    assert.deepEqual(statuses, []);
  });

  test('is the one that a client sees after the swap', async (context) => {
    const { server, target } = await startServer(context);
    const servedFingerprint = async () => {
      const connection = await RawConnection.open(target);
      const { fingerprint256 } = connection.socket.getPeerCertificate();
      connection.socket.destroy();
      return fingerprint256;
    };
    assert.equal(await servedFingerprint(), new X509Certificate(leaf.certificate).fingerprint256);
    server.swapCertificate(nextLeaf);
    assert.equal(await servedFingerprint(), new X509Certificate(nextLeaf.certificate).fingerprint256);
  });

  test('that does not fit its key, or is none, is refused, and the old one goes on', async (context) => {
    const { server, target } = await startServer(context);
    const mixed = { certificate: nextLeaf.certificate, privateKey: leaf.privateKey };
    assert.throws(() => server.swapCertificate(mixed), { code: 'CERTIFICATE_INVALID', message: /does not fit/ });
    const junk = { certificate: 'junk', privateKey: leaf.privateKey };
    assert.throws(() => server.swapCertificate(junk), { code: 'CERTIFICATE_INVALID', message: /is not PEM/ });
    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    assert.equal((await sendReview({ ...target, ca: [authority.certificate] }, agent)).status, 200);
  });
});

describe('leaving', () => {
  test('first serves on, with each answer closing its connection', async (context) => {
    const { server, target } = await startServer(context);
    server.closeConnections();
    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    for (let review = 0; review < 2; review += 1) {
      const answer = await sendReview(target, agent);
      assert.deepEqual([answer.status, answer.connection], [200, 'close']);
    }
  });

  test('answers the review that is in flight, takes no other, and then ends', async (context) => {
    const { server, target } = await startServer(context);
    const inFlight = await openReview(target);
    const closing = server.close();
    await assert.rejects(RawConnection.open(target), /ECONNREFUSED/);
    inFlight.write(body);
    await inFlight.closed;
    assert.match(inFlight.received, /HTTP\/1\.1 200 OK\r\n.*connection: close\r\n.*"allowed":true/is);
    await closing;
  });

  // The limit is a fraction of every timeout that could have ended the connections instead.
  test('is not held up by connections that are idle, silent, or in their handshake', {
    timeout: 5_000,
  }, async (context) => {
    const { server, target } = await startServer(context);
    const agent = keepAliveAgent(1);
    context.after(() => agent.destroy());
    await sendReview(target, agent);
    const silent = await RawConnection.open(target);
    const halfOpen = connectTcp(target.port, '127.0.0.1');
    halfOpen.on('error', () => {});
    await once(halfOpen, 'connect');
    const halfOpenClosed = once(halfOpen, 'close');
    halfOpen.resume();

    await Promise.all([server.close(), silent.closed, halfOpenClosed]);
  });

  test('twice is leaving once', async (context) => {
    const { server } = await startServer(context);
    await Promise.all([server.close(), server.close()]);
  });
});

test('a port that is taken is told, with the address and what to do', async (context) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  context.after(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await assert.rejects(startServer(context, { port }), {
    code: 'PORT_UNAVAILABLE',
    message: `port ${port} of 127.0.0.1 is taken by another program; end that program or choose another port`,
  });
});

test('an address that this machine has not is told', async (context) => {
  await assert.rejects(startServer(context, { host: '192.0.2.1' }), {
    code: 'PORT_UNAVAILABLE',
    message: 'port 0 of 192.0.2.1 is not an address of this machine; choose another host',
  });
});
