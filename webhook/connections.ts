/**
 * The open TCP connections, those in their handshake included, which Node's HTTP server does not list. There is a bound, and
 * beyond it the longest silent one goes: first those that never brought a request, as API servers' do at once.
 */
import type { Socket } from 'node:net';

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>;

export class Connections {
  /** By peer, in the order of their coming, or of their latest request. */
  readonly #unused = new Map<string, Socket>();
  readonly #used = new Map<string, Socket>();
  readonly #keys = new WeakMap<Peer, string>();

  /** @param maximum far above what API servers open, below what a small memory limit holds */
  constructor(private readonly maximum: number) {}

  get count(): number {
    return this.#unused.size + this.#used.size;
  }

  add(socket: Socket): void {
    const key = keyOf(socket);
    this.#unused.set(key, socket);
    socket.once('close', () => {
      for (const connections of [this.#unused, this.#used]) {
        if (connections.get(key) === socket) connections.delete(key);
      }
    });
    if (this.count > this.maximum) this.#longestSilent()?.destroy();
  }

  /** Notes a request; the TLS socket above has the same peer. */
  used(peer: Peer): void {
    const key = this.#keyOfUsed(peer);
    const socket = this.#unused.get(key) ?? this.#used.get(key);
    if (socket === undefined) return;
    this.#unused.delete(key);
    this.#used.delete(key);
    this.#used.set(key, socket);
  }

  destroyAll(): void {
    for (const connections of [this.#unused, this.#used]) for (const socket of connections.values()) socket.destroy();
  }

  /** Addresses are asked of the system, and one connection brings many requests. */
  #keyOfUsed(peer: Peer): string {
    const key = this.#keys.get(peer) ?? keyOf(peer);
    this.#keys.set(peer, key);
    return key;
  }

  #longestSilent(): Socket | undefined {
    for (const connections of [this.#unused, this.#used]) for (const socket of connections.values()) return socket;
    return undefined;
  }
}

function keyOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`;
}
