/** Talks to a webhook server the way API servers do: HTTPS, HTTP/1.1, connections kept. */
import { Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { pod, podReview } from './reviews.js';

export interface ReviewAnswer {
  status: number;
  body: string;
  connection: string | undefined;
}

export interface Target {
  port: number;
  /** PEM of the authority that is trusted. */
  ca: string | string[];
}

export function keepAliveAgent(maxSockets: number): Agent {
  return new Agent({ keepAlive: true, maxSockets });
}

/** One review; rejects where the connection fails. */
export function sendReview({ port, ca }: Target, agent: Agent): Promise<ReviewAnswer> {
  const body = JSON.stringify(podReview(pod));
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const options = { host: '127.0.0.1', port, ca, agent, method: 'POST', path: '/mutate--v1-pod', headers };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString(),
          connection: response.headers.connection,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A connection on which tests write what they like. */
export class RawConnection {
  received = '';
  readonly closed: Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(readonly socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString();
      for (const check of [...this.#waiting]) check();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static open({ port, ca }: Target): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2', 'http/1.1'] });
      const connection = new RawConnection(socket);
      socket.once('secureConnect', () => resolve(connection));
      socket.once('error', reject);
    });
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Resolves when `pattern` has arrived. */
  arrived(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!pattern.test(this.received)) return;
        this.#waiting = this.#waiting.filter((waiting) => waiting !== check);
        resolve();
      };
      this.#waiting.push(check);
      check();
    });
  }
}
