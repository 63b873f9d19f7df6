/**
 * Parses what lists and watches send. Objects are checked for the metadata that the Kubernetes layer stands on and otherwise
 * passed on as they came, because a schema that copies would drop what it does not know.
 */
import { z } from 'zod';
import { FiresteelError } from '../errors.js';
import { quickCheck } from '../quick-check.js';
import { ApiError } from './api-error.js';
import type { KubernetesObject } from './objects.js';
import { apiVersion, type Resource } from './resources.js';
import { statusSchema } from './status-body.js';

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubernetesObject }
  | { type: 'BOOKMARK'; resourceVersion: string };

type BareObject = Pick<KubernetesObject, 'metadata'>;

/** Not `min(1)`, which asks even what is no string for its length, and can throw. */
const version = z.string().refine((text) => text !== '', 'must not be empty');

const bareObjectShape = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

const isBareObject = quickCheck(bareObjectShape);

const bareObjectSchema = z.custom<BareObject>(
  (value) => isBareObject(value) || bareObjectShape.safeParse(value).success,
  'not an object with metadata.name, uid and resourceVersion',
);

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: bareObjectSchema }),
  z.object({
    type: z.literal('BOOKMARK'),
    object: z.object({ metadata: z.object({ resourceVersion: version }) }),
  }),
  z.object({ type: z.literal('ERROR'), object: statusSchema }),
]);

const pageSchema = z.object({
  metadata: z.object({ resourceVersion: version, continue: z.string().optional() }),
  items: z.array(bareObjectSchema).nullish(),
});

/**
 * One line of a watch.
 * @throws {ApiError} for an ERROR event, with the status that is in it
 * @throws {FiresteelError} API_MALFORMED for anything that is no watch event
 */
export function parseWatchEvent(line: string, resource: Resource): WatchEvent {
  const parsed = eventSchema.safeParse(parseLine(line, resource));
  if (!parsed.success) throw malformed(resource, 'a watch event', z.prettifyError(parsed.error));
  const event = parsed.data;
  switch (event.type) {
    case 'ERROR':
      throw new ApiError(`watch ${resource.plural}`, event.object.code ?? 500, event.object);
    case 'BOOKMARK':
      return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion };
    default:
      return { type: event.type, object: withKind(resource, event.object) };
  }
}

export interface ListPage {
  objects: KubernetesObject[];
  resourceVersion: string;
  /** Token of the next page; undefined: this was the last. */
  next: string | undefined;
}

/** @throws {FiresteelError} API_MALFORMED for anything that is no list */
export function parseListPage(answer: unknown, resource: Resource): ListPage {
  const parsed = pageSchema.safeParse(answer);
  if (!parsed.success) throw malformed(resource, 'a list', z.prettifyError(parsed.error));
  const { metadata, items } = parsed.data;
  return {
    objects: (items ?? []).map((item) => withKind(resource, item)),
    resourceVersion: metadata.resourceVersion,
    next: metadata.continue || undefined,
  };
}

/** The API server leaves both out of the items of a list. */
function withKind(resource: Resource, object: BareObject): KubernetesObject {
  return { apiVersion: apiVersion(resource), kind: resource.kind, ...object };
}

function parseLine(line: string, resource: Resource): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // No cause: the message of a JSON error quotes the line, which may hold secrets.
    throw malformed(resource, 'a watch event', `${line.length} characters that are not JSON`);
  }
}

function malformed(resource: Resource, expected: string, found: string): FiresteelError {
  return new FiresteelError(
    'API_MALFORMED',
    `The API server sent, for ${resource.plural}, what is not ${expected}: ${found}`,
  );
}
