/**
 * The embedded API server of the sandbox: plain HTTP on loopback, everything in memory, no authentication. It answers as
 * kube-apiserver does, held to that by one suite that runs on both; what it deliberately lacks it answers with 501 and why.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import type { Clock } from '../../clock.js';
import { FiresteelError, messageOf } from '../../errors.js';
import type { Logger } from '../../log.js';
import { collectGarbage } from './garbage-collector.js';
import { at } from './objects.js';
import { PodLogs } from './pod-logs.js';
import { Refusal } from './refusal.js';
import { answer } from './requests.js';
import { namespaces, ResourceTable } from './resource-table.js';
import { type Change, Storage } from './storage.js';
import type { World } from './world.js';
import { createObject } from './writing.js';

export interface SandboxApiServerOptions {
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** How many changes a watch can go back, at least; default 10,000. */
  historyLimit?: number;
}

const firstNamespaces = ['default', 'kube-system'];
/** Longer than clients keep an idle connection. */
const keepAliveMilliseconds = 90_000;

export class SandboxApiServer {
  readonly #world: World;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #stopCollecting: () => void;
  #url = '';

  constructor({ clock, random, logger, historyLimit = 10_000 }: SandboxApiServerOptions) {
    const storage = new Storage(historyLimit);
    this.#world = { storage, resources: new ResourceTable(), logs: new PodLogs(), clock, random, logger };
    storage.subscribe((change) => follow(this.#world, change));
    this.#stopCollecting = collectGarbage(this.#world);
    this.#server.keepAliveTimeout = keepAliveMilliseconds;
  }

  /** @param port default: a free one. @throws {FiresteelError} PORT_UNAVAILABLE */
  async listen(port = 0): Promise<{ url: string }> {
    const target = { resource: namespaces, name: '', subresource: '' };
    for (const name of firstNamespaces) {
      await createObject(this.#world, target, { metadata: { name } }, { dryRun: false, validation: null });
    }
    this.#server.listen(port, '127.0.0.1');
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw new FiresteelError(
        'PORT_UNAVAILABLE',
        `the sandbox can not listen on 127.0.0.1:${port}; choose another port`,
        { cause },
      );
    }
    this.#url = `http://127.0.0.1:${at(this.#server.address(), 'port')}`;
    return { url: this.#url };
  }

  /** Ends watches and requests under way. */
  async close(): Promise<void> {
    this.#stopCollecting();
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
    this.#world.logs.set(namespace, pod, container, lines);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await answer(this.#world, request, response);
    } catch (error) {
      if (!(error instanceof Refusal))
        this.#world.logger.error({ err: error, path: request.url }, 'the sandbox failed');
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, `Internal error occurred: ${messageOf(error)}`);
      if (response.headersSent) response.destroy();
      else refuse(response, refusal);
    }
  }
}

function refuse(response: ServerResponse, { code, status }: Refusal): void {
  const seconds = at(status, 'details', 'retryAfterSeconds');
  if (seconds !== undefined) response.setHeader('retry-after', String(seconds));
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(status));
}

/** What a change of some kinds brings with it. */
function follow({ storage, resources, logs }: World, { kind, before, after }: Change): void {
  const object = after ?? before;
  if (object === undefined) return;
  const { name, namespace = '' } = object.metadata;
  if (kind === 'apiextensions.k8s.io/customresourcedefinitions') {
    if (after === undefined) resources.forget(object);
    else resources.define(object);
  } else if (kind === '/pods') {
    if (after === undefined) logs.forget(namespace, name);
    else logs.tell();
  } else if (kind === '/namespaces' && before === undefined) {
    const { creationTimestamp, uid } = object.metadata;
    const metadata = {
      name: 'default',
      namespace: name,
      uid: uid.replace(/^./u, '0'),
      resourceVersion: '',
      creationTimestamp,
    };
    storage.put('/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  }
}
