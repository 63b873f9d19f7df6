/** An API server of the sandbox for one test file, and the few requests that the tests make of it. */
import assert from 'node:assert/strict';
import { z } from 'zod';
import { sparkApplicationCrd } from '../../../src/api/crd.js';
import { type Clock, systemClock } from '../../../src/clock.js';
import { silentLogger } from '../../../src/log.js';
import { SandboxApiServer } from '../../../src/sandbox/api-server/server.js';

const bodySchema = z.looseObject({
  message: z.string().default(''),
  reason: z.string().default(''),
  metadata: z.looseObject({ name: z.string().default(''), resourceVersion: z.string().default('') }).prefault({}),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).default([]),
});

export interface Answer {
  code: number;
  body: z.output<typeof bodySchema>;
  headers: Headers;
}

export interface WatchEvent {
  type: string;
  object: z.output<typeof bodySchema>;
}

const eventSchema = z.object({ type: z.string(), object: bodySchema });

export const configMaps = '/api/v1/namespaces/default/configmaps';
export const pods = '/api/v1/namespaces/default/pods';
export const applications = '/apis/sparkoperator.k8s.io/v1beta2/namespaces/default/sparkapplications';
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export class ApiServerSite {
  private constructor(
    readonly server: SandboxApiServer,
    readonly url: string,
  ) {}

  static async open(options: { historyLimit?: number; clock?: Clock } = {}): Promise<ApiServerSite> {
    const server = new SandboxApiServer({ clock: systemClock, random: Math.random, logger: silentLogger, ...options });
    const { url } = await server.listen();
    const site = new ApiServerSite(server, url);
    await site.send('POST', definitions, sparkApplicationCrd(), 201);
    return site;
  }

  /** @param code what is expected; left out: anything */
  async send(
    method: string,
    path: string,
    body?: unknown,
    code?: number,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const json: unknown = JSON.parse(await response.text());
    if (code !== undefined) assert.equal(response.status, code, JSON.stringify(json));
    return { code: response.status, body: bodySchema.parse(json), headers: response.headers };
  }

  patch(path: string, type: 'json' | 'merge' | 'strategic-merge', body: unknown, code?: number): Promise<Answer> {
    return this.send('PATCH', path, body, code, { 'content-type': `application/${type}-patch+json` });
  }

  apply(path: string, body: unknown, code?: number): Promise<Answer> {
    const type = { 'content-type': 'application/apply-patch+yaml' };
    return this.send('PATCH', `${path}?fieldManager=test`, body, code, type);
  }

  /** The events of a watch until there are `count`, or it ends. */
  async watch(path: string, count: number, during: () => Promise<unknown> = async () => {}): Promise<WatchEvent[]> {
    const ending = new AbortController();
    const response = await fetch(this.url + path, { signal: ending.signal });
    assert.equal(response.status, 200);
    const collected = collect(response, count);
    await during();
    const events = await collected;
    ending.abort();
    return events;
  }

  async untilGone(path: string): Promise<void> {
    await this.until(path, ({ code }) => code === 404);
  }

  async until(path: string, holds: (answer: Answer) => boolean): Promise<Answer> {
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const answer = await this.send('GET', path);
      if (holds(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`waited in vain for ${path}`);
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

async function collect(response: Response, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  let open = '';
  for await (const chunk of response.body ?? []) {
    open += Buffer.from(chunk).toString();
    const lines = open.split('\n');
    open = lines.pop() ?? '';
    events.push(...lines.map((line) => eventSchema.parse(JSON.parse(line))));
    if (events.length >= count) break;
  }
  return events;
}

export const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
  data: { a: '1' },
});

export const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'spark:4.1.4' }], ...spec },
});

export const application = (name: string, spec: object = {}) => ({
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  kind: 'SparkApplication',
  metadata: { name },
  spec: { type: 'Scala', image: 'spark:4.1.4', mainClass: 'A', mainApplicationFile: 'local:///a.jar', ...spec },
});
