/** From an HTTP request to its answer: the path chooses what, the method does it, `Accept` says in which form it is shown. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { apiVersion } from '../../kube/resources.js';
import { isJsonObject, type JsonObject } from '../../pod/json.js';
import { deleteObject, isDryDelete, readDeleteOptions } from './deletion.js';
import { discoveryDocument } from './discovery.js';
import { type ApiObject, at, members, text, timestamp } from './objects.js';
import { jsonPatched, merged, mergePatched, mergeRules } from './patches.js';
import { isWatch, list, watch } from './reading.js';
import {
  detailsOf,
  fault,
  invalid,
  invalidOptions,
  invalidValue,
  notFound,
  Refusal,
  statusHead,
  unsupportedValue,
} from './refusal.js';
import { parseBody, type RequestBody, readBody, unsupported } from './request-body.js';
import { isBuiltInGroup } from './resource-table.js';
import { applied } from './server-side-apply.js';
import { storageKind } from './storage.js';
import { tableOf } from './tables.js';
import type { Target, World } from './world.js';
import { createObject, updateObject, type WriteOptions } from './writing.js';

interface Call extends WriteOptions, RequestBody {
  readonly world: World;
  readonly target: Target;
  readonly query: URLSearchParams;
  readonly asTable: boolean;
  readonly response: ServerResponse;
}

interface Answer {
  code?: number;
  object?: ApiObject;
  /** In place of an object. */
  body?: JsonObject;
  warnings?: readonly string[];
}

/** Undefined: the answer is being sent already. */
type Handler = (call: Call) => Promise<Answer> | Answer | undefined;

const handlers: Readonly<Record<string, Handler>> = {
  'GET collection': listOrWatch,
  'POST collection': async (call) => ({
    code: 201,
    ...(await createObject(call.world, call.target, parseBody(call), call)),
  }),
  'DELETE collection': deleteCollection,
  'GET object': (call) => (isWatch(call.query) ? listOrWatch(call) : { object: found(call) }),
  'PUT object': replace,
  'PATCH object': patch,
  'DELETE object': deleteOne,
  'GET status': (call) => ({ object: found(call) }),
  'PUT status': replace,
  'PATCH status': patch,
  'GET log': (call) => {
    const { world, target, query, response } = call;
    return void world.logs.send(() => world.storage.get('/pods', target), found(call), query, response);
  },
};

/** @throws {Refusal} before anything was sent */
export async function answer(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://sandbox');
  const { accept = '*/*' } = request.headers;
  const document = discoveryDocument(pathname, accept, world.resources.all);
  if (document !== undefined) return send(response, 200, document);
  const target = targetOf(pathname, world);
  if (target === undefined) return send(response, 404, '404 page not found\n');
  const handler = handlers[`${request.method} ${target.subresource || (target.name === '' ? 'collection' : 'object')}`];
  const isNowhere = request.method === 'POST' && target.resource.namespaced && target.namespace === undefined;
  if (handler === undefined || isNowhere)
    throw new Refusal(405, 'the server does not allow this method on the requested resource');
  const dryRun = isDryRun(query);
  const call = {
    world,
    target,
    query,
    asTable: isTable(accept),
    ...(await readBody(request)),
    response,
    dryRun,
    validation: query.get('fieldValidation'),
  };
  const result = await handler(call);
  if (result === undefined) return;
  for (const warning of new Set(result.warnings)) response.appendHeader('warning', `299 - ${JSON.stringify(warning)}`);
  send(response, result.code ?? 200, result.body ?? (result.object === undefined ? {} : present(call, result.object)));
}

const pathForm =
  /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/[^/]))?\/([^/]+)(?:\/([^/]+))?(?:\/(.+))?$/u;
/** Of Kubernetes' own kinds, with the reason. */
const unserved: Record<string, string> = {
  ...Object.fromEntries(
    'exec attach portforward proxy ephemeralcontainers resize'.split(' ').map((one) => [one, 'runs no containers']),
  ),
  eviction: 'has no evictions: delete the pod',
  binding: 'has no scheduler',
  token: 'issues no tokens, and asks for none',
  finalize: 'finalizes namespaces by itself',
};

/** Undefined: the path is none of a resource. @throws {Refusal} 404, 501 */
function targetOf(path: string, { resources }: World): Target | undefined {
  const [whole, group = '', version = '', ...rest] =
    pathForm.exec(path)?.map((part) => part && decodeURIComponent(part)) ?? [];
  if (whole === undefined) return undefined;
  const [givenNamespace, first = '', second = '', third = ''] = rest;
  // `/namespaces/NAME/status` is of the namespace itself.
  const isOfNamespace = givenNamespace !== undefined && ['status', 'finalize'].includes(first);
  const [namespace, plural, name, subresource] = isOfNamespace
    ? [undefined, 'namespaces', givenNamespace, first]
    : [givenNamespace, first, second, third];
  const resource = resources.find(group, version, plural);
  if (resource === undefined && isBuiltInGroup(group))
    throw new Refusal(501, `the sandbox does not serve ${plural} of ${group || 'v1'}`);
  if (resource === undefined) return undefined;
  const why = resource.custom === undefined ? unserved[subresource.split('/')[0] ?? ''] : undefined;
  if (why !== undefined) throw new Refusal(501, `the sandbox ${why}`);
  const isServed =
    subresource === 'status' ? resource.traits.has('status') : subresource === 'log' && resource.kind === 'Pod';
  if (subresource !== '' && !isServed) throw notFound(resource, name);
  return { resource, namespace, name, subresource };
}

function found({ world, target }: Call): ApiObject {
  const object = world.storage.get(storageKind(target.resource), target);
  if (object === undefined) throw notFound(target.resource, target.name);
  return object;
}

function listOrWatch(call: Call): Answer | undefined {
  const { world, target, query, response } = call;
  if (!isWatch(query)) return { body: presentList(call, list(world, target, query)) };
  return void watch(world, {
    target,
    query,
    response,
    present: (object, isBookmark) => present(call, object, isBookmark),
  });
}

function present({ world, target, query, asTable }: Call, object: ApiObject, isBookmark = false): JsonObject {
  const { resource } = target;
  const served = { ...object, apiVersion: apiVersion(resource), kind: resource.kind };
  if (!asTable) return served;
  const { resourceVersion } = object.metadata;
  return tableOf(
    resource,
    [served],
    { resourceVersion },
    isBookmark ? 'Object' : query.get('includeObject'),
    world.clock.now(),
  );
}

function presentList(
  { world, target, query, asTable }: Call,
  { objects, metadata }: ReturnType<typeof list>,
): JsonObject {
  const { resource } = target;
  if (asTable) return tableOf(resource, objects, metadata, query.get('includeObject'), world.clock.now());
  const version = apiVersion(resource);
  const items = objects.map(({ apiVersion: _, kind, ...rest }) =>
    resource.custom === undefined ? rest : { apiVersion: version, kind, ...rest },
  );
  return { kind: resource.listKind, apiVersion: version, metadata, items };
}

async function replace(call: Call): Promise<Answer> {
  const wanted = parseBody(call);
  return updateObject(call.world, call.target, () => wanted, call);
}

async function patch(call: Call): Promise<Answer> {
  const { world, target, mediaType } = call;
  if (mediaType === 'application/apply-patch+yaml') return apply(call);
  const strategic = mergeRules(target.resource, 'strategic');
  const editors: Record<string, (current: ApiObject, given: unknown) => unknown> = {
    'application/json-patch+json': jsonPatched,
    'application/merge-patch+json': mergePatched,
    'application/strategic-merge-patch+json': (current, given) => merged(strategic, current, members(given)),
  };
  if (target.resource.custom !== undefined) delete editors['application/strategic-merge-patch+json'];
  const edit = editors[mediaType];
  if (edit === undefined) throw unsupported([...Object.keys(editors), 'application/apply-patch+yaml']);
  const given = parseBody({ ...call, mediaType: 'application/json' });
  try {
    return await updateObject(world, target, (current) => withSameUid(target, current, edit(current, given)), call);
  } catch (error) {
    if (!(error instanceof Refusal) || !error.message.includes('strict decoding error')) throw error;
    // Of a patch the real server says it in this odd way.
    throw invalid({ kind: '', group: '' }, '', [
      invalidValue('patch', given, error.message.replace(/^.*?(?=strict)/u, '')),
    ]);
  }
}

/** A precondition in an update, but a change that can not be in a patch. */
function withSameUid({ resource, name }: Target, current: ApiObject, patched: unknown): unknown {
  const uid = at(patched, 'metadata', 'uid');
  if (uid === current.metadata.uid) return patched;
  throw invalid(resource, name, [invalidValue('metadata.uid', uid, 'field is immutable')]);
}

async function apply(call: Call): Promise<Answer> {
  const { world, target, query } = call;
  const { resource, name } = target;
  const manager = query.get('fieldManager') ?? '';
  if (manager === '')
    throw invalidOptions('PatchOptions', fault('Required', 'fieldManager', 'is required for apply patch'));
  const configuration = parseBody({ ...call, mediaType: 'application/yaml' });
  if (!isJsonObject(configuration) || text(configuration['kind']) === '')
    throw new Refusal(400, 'invalid object type: /, Kind=');
  const edit = (current: JsonObject) =>
    applied(resource, current, configuration, manager, timestamp(world.clock.now()));
  if (world.storage.get(storageKind(resource), target) !== undefined) return updateObject(world, target, edit, call);
  const fresh = edit({});
  return {
    code: 201,
    ...(await createObject(world, target, { ...fresh, metadata: { ...members(fresh['metadata']), name } }, call)),
  };
}

function deleteOne(call: Call): Answer {
  const { world, target, query } = call;
  const { resource, name } = target;
  const present = found(call);
  const options = readDeleteOptions(call.body === '' ? {} : parseBody(call), query);
  if (isDryDelete(options)) return { object: present };
  const { object, gone } = deleteObject(world, resource, present, options);
  if (!gone || resource.traits.has('returned')) return { object };
  return {
    body: { ...statusHead, status: 'Success', details: { ...detailsOf(resource, name), uid: object.metadata.uid } },
  };
}

function deleteCollection(call: Call): Answer {
  const { world, target, query } = call;
  const options = readDeleteOptions(call.body === '' ? {} : parseBody(call), query);
  const listed = list(world, target, query);
  if (!isDryDelete(options)) for (const object of listed.objects) deleteObject(world, target.resource, object, options);
  return { body: presentList(call, listed) };
}

function isDryRun(query: URLSearchParams): boolean {
  const wanted = query.getAll('dryRun');
  if (wanted.some((one) => one !== 'All'))
    throw invalidOptions('CreateOptions', unsupportedValue('dryRun', wanted, ['All']));
  return wanted.length > 0;
}

/** Whether a Table is the first form in `Accept` that there is. @throws {Refusal} 406 */
function isTable(accept: string): boolean {
  const ranges = accept
    .split(',')
    .map((range) => /^\s*(?:application\/json|application\/\*|\*\/\*)\s*(;.*as=Table;v=v1;.*)?(?!.*as=)/u.exec(range));
  const [first] = ranges.filter((range) => range !== null);
  if (first === undefined) throw new Refusal(406, 'only the following media types are accepted: application/json');
  return first[1] !== undefined;
}

function send(response: ServerResponse, code: number, body: JsonObject | string): void {
  if (typeof body === 'string') response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  else response.writeHead(code, { 'content-type': contentTypeOf(body) }).end(JSON.stringify(body));
}

function contentTypeOf({ kind }: JsonObject): string {
  return `application/json${kind === 'APIGroupDiscoveryList' ? ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' : ''}`;
}
