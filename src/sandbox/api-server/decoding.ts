/** From the body of a request to an object: its kind, the types of its metadata, and what becomes of unknown fields. */
import { apiVersion } from '../../kube/resources.js';
import { isJsonObject, type JsonObject } from '../../pod/json.js';
import { type ApiObject, apiObjectSchema, metadataFields } from './api-object.js';
import { at, members } from './json-reading.js';
import { badRequest } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { pruned } from './structural-schema.js';

const anything = { 'x-kubernetes-preserve-unknown-fields': true };
const allOf = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, anything]));
const withoutNulls = (value: unknown) =>
  Object.fromEntries(Object.entries(members(value)).filter(([, member]) => member !== null));

/**
 * @param validation `Strict`, `Ignore`, or, by default, `Warn`
 * @throws {Refusal} 400
 */
export function decode(
  resource: ServedResource,
  body: unknown,
  validation: string | null,
): { object: ApiObject; warnings: string[] } {
  const { kind, version, custom, fields } = resource;
  const refuse = (why: string, found = version) =>
    badRequest(`${kind} in version "${found}" cannot be handled as a ${kind}: ${why}`);
  if (!isJsonObject(body) || (custom !== undefined && body['kind'] === undefined)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing`);
  }
  const expected = { apiVersion: apiVersion(resource), kind };
  const { apiVersion: givenVersion = expected.apiVersion, kind: givenKind = kind } = body;
  if (givenKind !== kind || givenVersion !== expected.apiVersion) {
    throw refuse(`no kind "${givenKind}" of version "${givenVersion}" is served here`, String(givenVersion));
  }
  const parsed = apiObjectSchema.safeParse({ ...body, ...expected, metadata: withoutNulls(body['metadata']) });
  if (!parsed.success)
    throw refuse(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(', '));
  const unknown: string[] = [];
  const properties: JsonObject = {
    ...(custom === undefined ? allOf(fields) : members(at(custom.schema, 'properties'))),
    ...allOf(['apiVersion', 'kind']),
    metadata: { properties: allOf(metadataFields) },
  };
  const object = apiObjectSchema.parse(pruned(parsed.data, { ...members(custom?.schema), properties }, unknown));
  const words = unknown.sort().map((field) => `unknown field "${field}"`);
  if (words.length > 0 && validation === 'Strict') throw refuse(`strict decoding error: ${words.join(', ')}`);
  return { object, warnings: validation === 'Ignore' ? [] : words };
}
