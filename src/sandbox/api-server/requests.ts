/** From an HTTP request to its answer: the path chooses what, the method does it, `Accept` says in which form it is shown. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'yaml';
import type { Clock } from '../../clock.js';
import { isJsonObject, type JsonObject } from '../../pod/json.js';
import { type ApiObject, timestamp } from './api-object.js';
import { deleteObject, readDeleteOptions } from './deletion.js';
import { aggregated, groupList, resourceList, serverVersion } from './discovery.js';
import { members, text } from './json-reading.js';
import { asServed, list } from './listing.js';
import { sendLog } from './log-reading.js';
import { mergeRules } from './merge-rules.js';
import type { ObjectWriter, Target, WriteOptions } from './object-writer.js';
import { openApiDocument, openApiIndex } from './openapi.js';
import { jsonPatched, mergePatched, strategicMerged } from './patches.js';
import type { PodLogs } from './pod-logs.js';
import {
  badRequest,
  detailsOf,
  invalidOptions,
  methodNotAllowed,
  notFound,
  notImplemented,
  Refusal,
  required,
  statusHead,
  unsupportedMediaType,
  unsupportedValue,
} from './refusal.js';
import type { ResourceTable, ServedResource } from './resource-table.js';
import { applied } from './server-side-apply.js';
import { type Storage, storageKind } from './storage.js';
import { partial, tableOf } from './tables.js';
import { targetOf } from './targets.js';
import { watch } from './watching.js';

const maximumBodyBytes = 3 * 1024 * 1024;

interface Call {
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly mediaType: string;
  /** Raw; '' when there is none. */
  readonly body: string;
  readonly options: WriteOptions;
  readonly response: ServerResponse;
}

interface Answer {
  code?: number;
  object?: ApiObject;
  body?: JsonObject;
  warnings?: readonly string[];
}

/** Undefined: the answer is being sent already. */
type Handler = (call: Call) => Promise<Answer | undefined> | Answer | undefined;

export interface RequestsOptions {
  storage: Storage;
  resources: ResourceTable;
  writer: ObjectWriter;
  logs: PodLogs;
  clock: Clock;
  random: () => number;
}

export class Requests {
  readonly #given: RequestsOptions;

  constructor(given: RequestsOptions) {
    this.#given = given;
  }

  /** @throws {Refusal} before anything was sent */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://sandbox');
    const { accept = '', 'content-type': mediaType = '' } = request.headers;
    const document = this.#document(pathname, accept);
    if (document !== undefined) return send(response, 200, document);
    const target = targetOf(pathname, this.#given.resources);
    if (target === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
      return;
    }
    const { subresource, name } = target;
    const handler = this.#handlers[`${request.method} ${subresource || (name === '' ? 'collection' : 'object')}`];
    if (
      handler === undefined ||
      (request.method === 'POST' && target.resource.namespaced && target.namespace === undefined)
    ) {
      throw methodNotAllowed();
    }
    const body = await readBody(request);
    const options = { dryRun: isDryRun(query), validation: query.get('fieldValidation') };
    const call = { target, query, accept, mediaType: (mediaType.split(';')[0] ?? '').trim(), body, options, response };
    const answer = await handler(call);
    if (answer === undefined) return;
    for (const warning of new Set(answer.warnings))
      response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
    send(response, answer.code ?? 200, answer.body ?? this.#present(call)(answer.object));
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    'GET collection': (call) => this.#list(call),
    'POST collection': async ({ target, body, mediaType, options }) => ({
      code: 201,
      ...(await this.#given.writer.create(target, parseBody(body, mediaType), options)),
    }),
    'DELETE collection': (call) => this.#deleteAll(call),
    'GET object': (call) => (isWatch(call) ? this.#list(call) : { object: this.#found(call.target) }),
    'PUT object': (call) => this.#replace(call),
    'PATCH object': (call) => this.#patch(call),
    'DELETE object': (call) => this.#delete(call),
    'GET status': ({ target }) => ({ object: this.#found(target) }),
    'PUT status': (call) => this.#replace(call),
    'PATCH status': (call) => this.#patch(call),
    'GET log': ({ target, query, response }) => {
      const find = () => this.#given.storage.get('/pods', target);
      return void sendLog(this.#given.logs, find, this.#found(target), query, response);
    },
  };

  /** The answers that are no resources. */
  #document(path: string, accept: string): JsonObject | string | undefined {
    const { all } = this.#given.resources;
    const isAggregated = /as=APIGroupDiscoveryList/u.test(accept) && /v=v2(?:[;,]|$)/u.test(accept);
    const isCore = ({ group }: ServedResource) => group === '';
    if (/^\/(?:healthz|livez|readyz)(?:\/|$)/u.test(path)) return 'ok';
    if (path === '/version') return serverVersion;
    if (path === '/api')
      return isAggregated ? aggregated(all.filter(isCore)) : { kind: 'APIVersions', versions: ['v1'] };
    const groups = all.filter((resource) => !isCore(resource));
    if (path === '/apis') return isAggregated ? aggregated(groups) : groupList(groups);
    if (path === '/openapi/v3') return openApiIndex(all);
    if (path.startsWith('/openapi/v2')) throw notImplemented('has its OpenAPI at /openapi/v3 alone');
    const [, isOpenApi, groupVersion = ''] =
      /^(\/openapi\/v3)?\/(?:api|apis(?=\/[^/]+\/))\/([^/]+(?:\/[^/]+)?)$/u.exec(path) ?? [];
    const served = all.filter(
      ({ group, version }) => groupVersion === (group === '' ? version : `${group}/${version}`),
    );
    if (served.length > 0) return isOpenApi ? openApiDocument(groupVersion, all) : resourceList(groupVersion, served);
    const group = groups.filter((resource) => path === `/apis/${resource.group}`);
    return group.length === 0
      ? undefined
      : { apiVersion: 'v1', kind: 'APIGroup', ...members(Object(groupList(group)['groups'])[0]) };
  }

  #found(target: Target): ApiObject {
    const found = this.#given.storage.get(storageKind(target.resource), target);
    if (found === undefined) throw notFound(target.resource, target.name);
    return found;
  }

  #list(call: Call): Answer | undefined {
    const { storage, clock, random } = this.#given;
    const { target, query, response } = call;
    if (isWatch(call)) {
      watch(storage, clock, random, { target, query, response, present: this.#present(call) });
      return undefined;
    }
    const { objects, metadata } = list(storage, target, query);
    return { body: this.#presentList(call, objects, metadata) };
  }

  #presentList({ target, query, accept }: Call, objects: readonly ApiObject[], metadata: JsonObject): JsonObject {
    const { resource } = target;
    const form = formOf(accept);
    if (form === 'table')
      return tableOf(resource, objects, metadata, query.get('includeObject'), this.#given.clock.now());
    if (form === 'metadata')
      return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items: objects.map(partial) };
    const items = objects.map((object) => {
      const { apiVersion, kind, ...rest } = asServed(resource, object);
      return resource.custom === undefined ? rest : { apiVersion, kind, ...rest };
    });
    const { apiVersion } = asServed(resource, {
      apiVersion: '',
      kind: '',
      metadata: { name: '', uid: '', resourceVersion: '' },
    });
    return { kind: resource.listKind, apiVersion, metadata, items };
  }

  #present({ target, query, accept }: Call): (object?: ApiObject, isBookmark?: boolean) => JsonObject {
    const form = formOf(accept);
    return (object, isBookmark = false) => {
      if (object === undefined) return {};
      const served = asServed(target.resource, object);
      const { resourceVersion } = object.metadata;
      if (form === 'object') return served;
      if (form === 'metadata') return partial(served);
      const include = isBookmark ? 'Object' : query.get('includeObject');
      return tableOf(target.resource, [served], { resourceVersion }, include, this.#given.clock.now());
    };
  }

  async #replace({ target, body, mediaType, options }: Call): Promise<Answer> {
    const wanted = parseBody(body, mediaType);
    return this.#given.writer.update(target, () => wanted, options);
  }

  async #patch(call: Call): Promise<Answer> {
    const { target, mediaType, options, body } = call;
    const { resource } = target;
    if (mediaType === 'application/apply-patch+yaml') return this.#apply(call);
    const patch = parseBody(body, 'application/json');
    const editors: Record<string, (current: ApiObject) => unknown> = {
      'application/json-patch+json': (current) => jsonPatched(current, patch),
      'application/merge-patch+json': (current) => mergePatched(current, patch),
      ...(resource.custom === undefined
        ? {
            'application/strategic-merge-patch+json': (current) =>
              strategicMerged(mergeRules(resource, 'strategic'), current, members(patch)),
          }
        : {}),
    };
    const edit = editors[mediaType];
    if (edit === undefined) throw unsupportedMediaType([...Object.keys(editors), 'application/apply-patch+yaml']);
    return this.#given.writer.update(target, edit, options);
  }

  async #apply({ target, query, body, options }: Call): Promise<Answer> {
    const { storage, writer, clock } = this.#given;
    const { resource, name } = target;
    const manager = query.get('fieldManager') ?? '';
    if (manager === '') throw invalidOptions('PatchOptions', required('fieldManager', 'is required for apply patch'));
    const configuration = parseBody(body, 'application/yaml');
    if (!isJsonObject(configuration) || text(configuration['kind']) === '')
      throw badRequest('invalid object type: /, Kind=');
    const appliedTo = (current: JsonObject) =>
      applied(resource, current, configuration, { manager, time: timestamp(clock.now()) });
    if (storage.get(storageKind(resource), target) !== undefined) return writer.update(target, appliedTo, options);
    const fresh = appliedTo({});
    return {
      code: 201,
      ...(await writer.create(target, { ...fresh, metadata: { ...members(fresh['metadata']), name } }, options)),
    };
  }

  #delete({ target, query, body, mediaType, options }: Call): Answer {
    const { resource, name } = target;
    const found = this.#found(target);
    const wanted = readDeleteOptions(body === '' ? {} : parseBody(body, mediaType), query);
    if (options.dryRun) return { object: found };
    const { object, gone } = deleteObject(this.#given.storage, this.#given.clock, resource, found, wanted);
    if (!gone || resource.traits.has('returns-deleted')) return { object };
    return {
      body: { ...statusHead, status: 'Success', details: { ...detailsOf(resource, name), uid: object.metadata.uid } },
    };
  }

  #deleteAll(call: Call): Answer {
    const { target, query, body, mediaType, options } = call;
    const { storage, clock } = this.#given;
    const wanted = readDeleteOptions(body === '' ? {} : parseBody(body, mediaType), query);
    const { objects, metadata } = list(storage, target, query);
    if (!options.dryRun) for (const object of objects) deleteObject(storage, clock, target.resource, object, wanted);
    return { body: this.#presentList(call, objects, metadata) };
  }
}

const isWatch = ({ query }: Call) => ['true', '1'].includes(query.get('watch') ?? '');

function isDryRun(query: URLSearchParams): boolean {
  const wanted = query.getAll('dryRun');
  if (wanted.some((one) => one !== 'All'))
    throw invalidOptions('CreateOptions', unsupportedValue('dryRun', wanted, ['All']));
  return wanted.length > 0;
}

/** The first form in `Accept` that there is. @throws {Refusal} 406 */
function formOf(accept: string): 'object' | 'table' | 'metadata' {
  for (const range of accept === '' ? ['*/*'] : accept.split(',')) {
    if (!/^\s*(?:application\/json|application\/\*|\*\/\*)/u.test(range)) continue;
    const [, as] = /;\s*as=(\w+)/u.exec(range) ?? [];
    if (as === undefined) return 'object';
    if (as === 'Table' && /;\s*v=v1(?:;|$)/u.test(range)) return 'table';
    if (as.startsWith('PartialObjectMetadata')) return 'metadata';
  }
  throw new Refusal(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maximumBodyBytes)
      throw new Refusal(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${maximumBodyBytes}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** @throws {Refusal} 400, 415 */
function parseBody(body: string, mediaType: string): unknown {
  const parsers: Record<string, (text: string) => unknown> = {
    '': JSON.parse,
    'application/json': JSON.parse,
    'application/yaml': parse,
  };
  const parser = parsers[mediaType];
  if (parser === undefined) throw unsupportedMediaType(['application/json', 'application/yaml']);
  try {
    return parser(body);
  } catch {
    throw badRequest(`the object provided is unrecognized: ${body.length} characters that are not ${mediaType}`);
  }
}

function send(response: ServerResponse, code: number, body: JsonObject | string): void {
  if (typeof body === 'string') response.writeHead(code, { 'content-type': 'text/plain' }).end(body);
  else response.writeHead(code, { 'content-type': contentType(body) }).end(JSON.stringify(body));
}

function contentType({ kind }: JsonObject): string {
  const as = kind === 'APIGroupDiscoveryList' ? ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' : '';
  return `application/json${as}`;
}
