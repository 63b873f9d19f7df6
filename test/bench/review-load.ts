/**
 * Load on an HTTPS server as API servers make it: connections that stay, one request at a time on each. It speaks HTTP on
 * bare TLS sockets, so that on the other core of a small machine it is not what is measured.
 */
import { connect, type TLSSocket } from 'node:tls';
import type { NextRequest } from './review-requests.js';

export interface LoadOptions {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly connections: number;
  readonly milliseconds: number;
  /** A whole HTTP request; called for each one. */
  readonly nextRequest: NextRequest;
}

/** What one or more stretches of load gave together. */
export class LoadRecord {
  #latencies: readonly number[] = [];
  #milliseconds = 0;

  add(latencies: readonly number[], milliseconds: number): void {
    this.#latencies = [...this.#latencies, ...latencies];
    this.#milliseconds += milliseconds;
  }

  results(): LoadResults {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const quantile = (share: number) =>
      round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return {
      perSecond: Math.round(sorted.length / (this.#milliseconds / 1_000)),
      requests: sorted.length,
      p50Milliseconds: quantile(0.5),
      p99Milliseconds: quantile(0.99),
      maxMilliseconds: quantile(1),
    };
  }
}

export interface LoadResults {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly maxMilliseconds: number;
}

/** @throws where an answer is not 200, or its body does not begin as that of the first */
export async function load(options: LoadOptions, record: LoadRecord): Promise<void> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + options.milliseconds;
  await Promise.all(
    Array.from({ length: options.connections }, (_, index) => oneConnection(options, index, until, latencies)),
  );
  record.add(latencies, performance.now() - started);
}

async function oneConnection(
  { port, ca, nextRequest }: LoadOptions,
  index: number,
  until: number,
  latencies: number[],
) {
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['http/1.1'] });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const answers = new AnswerReader(socket);
  while (performance.now() < until) {
    const sent = performance.now();
    socket.write(nextRequest(index));
    await answers.next();
    latencies.push(performance.now() - sent);
  }
  socket.destroy();
}

const headEnd = Buffer.from('\r\n\r\n');

/** Waits for one answer after the other; only their length is looked at. */
class AnswerReader {
  #pending: Buffer = Buffer.alloc(0);
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(socket: TLSSocket) {
    socket.on('data', (chunk: Buffer) => {
      this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
      this.#check();
    });
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')));
  }

  next(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#check();
    });
  }

  #check(): void {
    const end = this.#pending.indexOf(headEnd);
    if (end < 0 || this.#settle === undefined) return;
    const head = this.#pending.toString('latin1', 0, end);
    const length = end + headEnd.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#pending.length < length) return;
    const body = this.#pending.toString('latin1', end + headEnd.length, length);
    this.#pending = this.#pending.subarray(length);
    const settle = this.#settle;
    this.#settle = undefined;
    const isAllowed = head.startsWith('HTTP/1.1 200') && body.includes('"allowed":true');
    if (isAllowed) settle.resolve();
    else settle.reject(new Error(`not an admission: ${head.slice(0, 40)} ${body.slice(0, 300)}`));
  }
}

const round = (value: number) => Math.round(value * 100) / 100;
