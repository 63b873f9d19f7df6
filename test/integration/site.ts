/**
 * Where an integration test works: a namespace of its own on the API server of KUBECONFIG, or, without one, on the embedded
 * one in this process. The tests can not tell which; a difference between the two is a bug of the embedded one.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { sparkApplicationCrd } from '../../src/api/crd.js';
import { systemClock } from '../../src/clock.js';
import { type Connection, connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { createDispatcher } from '../../src/kube/http-dispatcher.js';
import {
  customResourceDefinitions,
  namespaces,
  pods,
  type Resource,
  resourcePath,
  sparkApplications,
} from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import { SandboxApiServer } from '../../src/sandbox/api-server/server.js';
import { eventually } from '../e2e/eventually.js';
import { pod } from './bodies.js';

const texts = z.record(z.string(), z.string()).default({});
const bodySchema = z.looseObject({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .looseObject({
      causes: z
        .array(z.looseObject({ field: z.string().default(''), message: z.string(), reason: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
  metadata: z
    .looseObject({
      name: z.string().default(''),
      uid: z.string().default(''),
      resourceVersion: z.string().default(''),
      generation: z.number().optional(),
      labels: texts,
      annotations: texts,
      continue: z.string().default(''),
    })
    .prefault({}),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]),
});
export type Body = z.output<typeof bodySchema>;

export interface Answer {
  body: Body;
  /** The texts of its Warning headers. */
  warnings: readonly string[];
}

const watchEventSchema = z.object({ type: z.string(), object: bodySchema });
export type WatchEvent = z.output<typeof watchEventSchema>;

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

interface Asking {
  body?: object;
  query?: Record<string, string>;
  contentType?: string;
  accept?: string;
}

/** Far above what it takes; a watch that tells too little must not hang the suite. */
const watchWithinMilliseconds = 20_000;
const connections = 8;

export class IntegrationSite {
  readonly client: HttpApiClient;
  readonly namespace: string;
  readonly #connection: Connection;
  readonly #dispatcher: Dispatcher;
  readonly #closings: (() => Promise<unknown>)[] = [];

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#dispatcher = createDispatcher(connection, connections);
    this.client = new HttpApiClient(connection);
    this.namespace = namespace;
  }

  /** Installs the CRD and makes the namespace. */
  static async open(subject: string): Promise<IntegrationSite> {
    const given = process.env['KUBECONFIG'];
    const sandbox = given ? undefined : new SandboxApiServer(sandboxParts);
    const connection =
      sandbox === undefined
        ? await connect({ kubeconfig: given }, {})
        : { server: (await sandbox.listen()).url, authorization: async () => undefined };
    const site = new IntegrationSite(connection, `integration-${subject}-${randomBytes(3).toString('hex')}`);
    if (sandbox !== undefined) site.finally(() => sandbox.close());
    await site.installDefinition();
    await site.create(namespaces, { metadata: { name: site.namespace } });
    await eventually('the CRD to be served', () => site.list(sparkApplications));
    await eventually('the namespace to take pods', () => site.create(pods, pod('probe'), 201, { dryRun: 'All' }));
    return site;
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Of SparkApplication; it stays, for whoever tests beside or after us. */
  private async installDefinition(): Promise<void> {
    await this.client.request({
      method: 'PATCH',
      path: resourcePath(customResourceDefinitions, { name: 'sparkapplications.sparkoperator.k8s.io' }),
      patchType: 'apply-patch',
      query: { fieldManager: 'firesteel-e2e', force: 'true' },
      body: sparkApplicationCrd(),
    });
  }

  /** Whether kube-controller-manager is there, as it always is in the sandbox; without it nothing collects garbage. */
  async collectsGarbage(): Promise<boolean> {
    const path = `/api/v1/namespaces/${this.namespace}/serviceaccounts/default`;
    return (await this.#ask('GET', path, {})).code === 200;
  }

  /** Done when the site closes, the last first. */
  finally(closing: () => Promise<unknown>): void {
    this.#closings.push(closing);
  }

  /** Has the namespace deleted, without waiting for that. */
  async close(): Promise<void> {
    const [closeServer, ...others] = process.env['KUBECONFIG'] ? [undefined, ...this.#closings] : this.#closings;
    for (const closing of others.toReversed()) await closing?.();
    await this.remove(namespaces, this.namespace);
    await this.client.close();
    await this.#dispatcher.destroy();
    await closeServer?.();
  }

  create(resource: Resource, body: object, code = 201, query: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', this.pathOf(resource), code, { body: typed(resource, body), query });
  }

  get(resource: Resource, name: string, code = 200): Promise<Answer> {
    return this.send('GET', this.pathOf(resource, name), code);
  }

  replace(resource: Resource, name: string, body: object, code = 200, query = {}): Promise<Answer> {
    return this.send('PUT', this.pathOf(resource, name), code, { body: typed(resource, body), query });
  }

  patch(
    resource: Resource,
    name: string,
    type: keyof typeof patchTypes,
    body: object,
    code = 200,
    query = {},
  ): Promise<Answer> {
    return this.send('PATCH', this.pathOf(resource, name), code, { body, query, contentType: patchTypes[type] });
  }

  /** Server-side apply, forced as all of Firesteel's are. */
  apply(resource: Resource, name: string, body: object, code = 200, query = {}): Promise<Answer> {
    const forced = { fieldManager: 'integration', force: 'true', ...query };
    return this.patch(resource, name, 'apply', typed(resource, { metadata: { name }, ...body }), code, forced);
  }

  remove(resource: Resource, name: string, code = 200, options: object = {}): Promise<Answer> {
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...options };
    return this.send('DELETE', this.pathOf(resource, name), code, { body });
  }

  list(resource: Resource, query: Record<string, string> = {}, code = 200): Promise<Answer> {
    return this.send('GET', this.pathOf(resource), code, { query });
  }

  async names(resource: Resource, query: Record<string, string> = {}): Promise<string[]> {
    return (await this.list(resource, query)).body.items.map(({ metadata }) => metadata.name);
  }

  untilGone(resource: Resource, name: string): Promise<unknown> {
    return eventually(`${resource.kind} ${name} to be gone`, () => this.get(resource, name, 404));
  }

  /** The first events of a watch; `during` is done when it is open. Fewer than `count`: the server has ended it. */
  async watch(
    resource: Resource,
    query: Record<string, string>,
    count: number,
    during: () => Promise<unknown> = async () => {},
  ): Promise<WatchEvent[]> {
    const events: WatchEvent[] = [];
    const ending = AbortSignal.timeout(watchWithinMilliseconds);
    let changes: Promise<unknown> = Promise.resolve();
    const request = { method: 'GET' as const, path: this.pathOf(resource), query: { watch: 'true', ...query } };
    const opened = () => {
      changes = during();
    };
    for await (const line of this.client.lines(request, ending, opened)) {
      events.push(watchEventSchema.parse(JSON.parse(line)));
      if (events.length === count) break;
    }
    await changes;
    assert.ok(!ending.aborted, `the watch told ${events.length} events of ${count}: ${JSON.stringify(events)}`);
    return events;
  }

  pathOf(resource: Resource, name?: string): string {
    const [object, subresource] = name?.split('/') ?? [];
    return resourcePath(resource, {
      namespace: resource.namespaced ? this.namespace : undefined,
      name: object,
      subresource,
    });
  }

  /** @param code the HTTP status that must come */
  async send(method: Dispatcher.HttpMethod, path: string, code: number, asking: Asking = {}): Promise<Answer> {
    const { code: found, text, warnings } = await this.#ask(method, path, asking);
    assert.equal(found, code, `${method} ${path}: ${text.slice(0, 2_000)}`);
    return { body: bodySchema.parse(JSON.parse(text)), warnings };
  }

  /** What is no JSON. */
  async text(path: string): Promise<string> {
    return (await this.#ask('GET', path, { accept: '*/*' })).text;
  }

  async #ask(
    method: Dispatcher.HttpMethod,
    path: string,
    { body, query, contentType = 'application/json', accept = 'application/json' }: Asking,
  ) {
    const authorization = await this.#connection.authorization();
    const answer = await this.#dispatcher.request({
      origin: new URL(this.#connection.server).origin,
      method,
      path: `${path}?${new URLSearchParams(query)}`,
      headers: { accept, 'content-type': contentType, ...(authorization === undefined ? {} : { authorization }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const warnings = [answer.headers['warning'] ?? []].flat().map((one) => readWarning(one));
    return { code: answer.statusCode, text: await answer.body.text(), warnings };
  }
}

const sandboxParts = { clock: systemClock, random: Math.random, logger: silentLogger };
setMaxListeners(0);

/** The text of `299 - "TEXT"`. */
function readWarning(header: string): string {
  return z.string().parse(JSON.parse(header.replace(/^299 - /u, '')));
}

function typed({ group, version, kind }: Resource, body: object): object {
  return { apiVersion: group === '' ? version : `${group}/${version}`, kind, ...body };
}
