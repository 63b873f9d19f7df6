/**
 * The embedded API server of the sandbox: plain HTTP on loopback, everything in memory, no authentication. It answers as
 * kube-apiserver does, held to that by one suite that runs on both; what it deliberately lacks it answers with 501 and why.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import type { Clock } from '../../clock.js';
import { FiresteelError, messageOf } from '../../errors.js';
import type { Logger } from '../../log.js';
import { Admission } from './admission.js';
import { GarbageCollector } from './garbage-collector.js';
import { ObjectWriter } from './object-writer.js';
import { PodLogs } from './pod-logs.js';
import { internalError, Refusal } from './refusal.js';
import { Requests } from './requests.js';
import { ResourceTable } from './resource-table.js';
import { type Change, Storage } from './storage.js';

export interface SandboxApiServerOptions {
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** How many changes a watch can go back; default 10,000. */
  historyLimit?: number;
}

const firstNamespaces = ['default', 'kube-system'];
/** Longer than clients keep an idle connection. */
const keepAliveMilliseconds = 90_000;

export class SandboxApiServer {
  readonly #logger: Logger;
  readonly #resources = new ResourceTable();
  readonly #storage: Storage;
  readonly #logs = new PodLogs();
  readonly #writer: ObjectWriter;
  readonly #collector: GarbageCollector;
  readonly #requests: Requests;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #url = '';

  constructor({ clock, random, logger, historyLimit = 10_000 }: SandboxApiServerOptions) {
    this.#logger = logger;
    const storage = new Storage(historyLimit);
    const resources = this.#resources;
    const newUid = () => uidFrom(random);
    const admission = new Admission({
      configurations: () => storage.list('admissionregistration.k8s.io/mutatingwebhookconfigurations'),
      newUid,
      logger,
    });
    this.#storage = storage;
    this.#writer = new ObjectWriter({ storage, resources, admission, clock, newUid });
    this.#collector = new GarbageCollector({ storage, resources, clock });
    this.#requests = new Requests({ storage, resources, writer: this.#writer, logs: this.#logs, clock, random });
    storage.subscribe((change) => this.#follow(change));
    this.#server.keepAliveTimeout = keepAliveMilliseconds;
  }

  /** @param port default: a free one. @throws {FiresteelError} PORT_UNAVAILABLE */
  async listen(port = 0): Promise<{ url: string }> {
    const resource = this.#resources.builtIn('namespaces');
    for (const name of firstNamespaces) {
      await this.#writer.create(
        { resource, name: '', subresource: '' },
        { metadata: { name } },
        { dryRun: false, validation: null },
      );
    }
    this.#server.listen(port, '127.0.0.1');
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw new FiresteelError(
        'PORT_UNAVAILABLE',
        `the sandbox can not listen on 127.0.0.1:${port}; choose another --port`,
        { cause },
      );
    }
    this.#url = `http://127.0.0.1:${portOf(this.#server.address())}`;
    return { url: this.#url };
  }

  /** Ends watches and requests under way. */
  async close(): Promise<void> {
    this.#collector.stop();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** YAML, for `kubectl` and for everything else that takes a KUBECONFIG. */
  kubeconfig(): string {
    const name = 'firesteel-sandbox';
    return stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: this.#url } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      'current-context': name,
    });
  }

  /** All lines of a container so far; a follower gets those that it has not had. */
  setLogs(namespace: string, pod: string, container: string, lines: readonly string[]): void {
    this.#logs.set(namespace, pod, container, lines);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#requests.answer(request, response);
    } catch (error) {
      if (!(error instanceof Refusal)) this.#logger.error({ err: error, path: request.url }, 'the sandbox failed');
      const refusal = error instanceof Refusal ? error : internalError(messageOf(error));
      if (response.headersSent) response.destroy();
      else response.writeHead(refusal.code, headersOf(refusal)).end(JSON.stringify(refusal.status));
    }
  }

  /** What changes beside the object itself. */
  #follow({ kind, before, after }: Change): void {
    const object = after ?? before;
    if (object === undefined) return;
    const { name, namespace = '' } = object.metadata;
    if (kind === 'apiextensions.k8s.io/customresourcedefinitions') {
      if (after === undefined) this.#resources.forget(object);
      else this.#resources.define(object);
    }
    if (kind === '/pods') {
      if (after === undefined) this.#logs.forget(namespace, name);
      else this.#logs.tell();
    }
    if (kind === '/namespaces' && before === undefined) {
      const account = {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { ...object.metadata, name: 'default', namespace: name, labels: {} },
      };
      this.#storage.put('/serviceaccounts', account);
    }
  }
}

function headersOf({ details }: Refusal): Record<string, string> {
  const seconds = details?.['retryAfterSeconds'];
  return { 'content-type': 'application/json', ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }) };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A version 4 UUID. */
function uidFrom(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, '$1-$2-4$3-8$4-$5');
}
