/**
 * A loopback HTTP proxy between one client and the API server that kills the client at its n-th call: when the answer has
 * been relayed, or when the API server has answered and the client has not heard of it. The client gets a kubeconfig
 * without credentials; the proxy has those of the test.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as requestPlain,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../src/kube/connection.js';

/** What the client asks, as the counter sees it. */
export interface Call {
  method: string;
  /** Without the query. */
  path: string;
  isWatch: boolean;
}

export interface KillingProxyOptions {
  connection: Connection;
  counts: (call: Call) => boolean;
  /** From 1, of the calls that count. */
  killAt: number;
  answer: 'relayed' | 'withheld';
}

export class KillingProxy {
  /** The calls that counted, as `METHOD path`. */
  readonly calls: string[] = [];
  readonly kubeconfig: string;
  /** Kills the client; to be set before its first call. */
  kill: () => void = () => {};
  readonly #options: KillingProxyOptions;
  readonly #home: string;
  readonly #server: Server;
  readonly #agent: Agent;
  #over = false;

  private constructor(options: KillingProxyOptions, server: Server, port: number) {
    const { ca, clientCertificate: cert, clientKey: key, insecureSkipTlsVerify } = options.connection;
    this.#options = options;
    this.#server = server;
    this.#agent = new Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized: insecureSkipTlsVerify !== true });
    this.#home = mkdtempSync(join(tmpdir(), 'firesteel-proxy-'));
    this.kubeconfig = join(this.#home, 'kubeconfig');
    writeFileSync(this.kubeconfig, JSON.stringify(plainKubeconfig(port)));
    server.on('request', (incoming, outgoing) => {
      this.#relay(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async start(options: KillingProxyOptions): Promise<KillingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
    return new KillingProxy(options, server, address.port);
  }

  async close(): Promise<void> {
    this.#over = true;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (this.#over) {
      outgoing.destroy();
      return;
    }
    const call = callOf(incoming);
    const isFatal = this.#count(call);
    const answer = await this.#forward(incoming);
    if (isFatal && this.#options.answer === 'withheld') {
      // A watch has no end: there the first words of the answer are the answer.
      if (!call.isWatch) await drain(answer);
      this.#strike();
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.flushHeaders();
    answer.on('error', () => outgoing.destroy());
    outgoing.on('close', () => answer.destroy());
    answer.pipe(outgoing);
    if (!isFatal) return;
    if (!call.isWatch) await once(outgoing, 'finish');
    this.#strike();
  }

  #count(call: Call): boolean {
    if (!this.#options.counts(call)) return false;
    this.calls.push(`${call.method} ${call.path}${call.isWatch ? ' (watch)' : ''}`);
    return this.calls.length === this.#options.killAt;
  }

  #strike(): void {
    this.#over = true; // nothing that the dying client still says may arrive
    this.kill();
  }

  async #forward(incoming: IncomingMessage): Promise<IncomingMessage> {
    const { connection } = this.#options;
    const target = new URL(incoming.url ?? '/', connection.server);
    const authorization = await connection.authorization();
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const options = {
      method: incoming.method,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    };
    const upstream =
      target.protocol === 'http:'
        ? requestPlain(target, options)
        : requestTls(target, { ...options, agent: this.#agent });
    incoming.pipe(upstream);
    return new Promise((resolve, reject) => {
      upstream.on('response', resolve);
      upstream.on('error', reject);
    });
  }
}

function callOf({ method = 'GET', url = '/' }: IncomingMessage): Call {
  const { pathname, searchParams } = new URL(url, 'http://proxy');
  return { method, path: pathname, isWatch: ['true', '1'].includes(searchParams.get('watch') ?? '') };
}

async function drain(stream: IncomingMessage): Promise<void> {
  stream.resume();
  await once(stream, 'end');
}

function plainKubeconfig(port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'nobody', user: {} }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'nobody' } }],
    'current-context': 'proxy',
  };
}
