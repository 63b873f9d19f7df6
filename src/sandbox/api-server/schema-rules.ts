/**
 * The CEL rules of a custom resource's definition. There is no CEL here: the rules of our own CRD are known by their text, and
 * their twins in TypeScript are asked (src/api/rules.ts). Other rules count only on a real API server.
 */

import { ruleProblems } from '../../api/rules.js';
import { readRuled } from '../../api/spark-application.js';
import { isJsonObject } from '../../pod/json.js';
import { type ApiObject, at, items, text } from './objects.js';
import { type Cause, invalidValue } from './refusal.js';

const known = new WeakMap<object, ReadonlySet<string>>();

/** The texts of all rules in a schema. */
function rulesIn(schema: unknown): ReadonlySet<string> {
  if (!isJsonObject(schema)) return new Set();
  const found = known.get(schema) ?? new Set(collect(schema));
  known.set(schema, found);
  return found;
}

function collect(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(collect);
  if (!isJsonObject(schema)) return [];
  const here = items(schema['x-kubernetes-validations']).map((rule) => text(at(rule, 'rule')));
  return [...here, ...Object.values(schema).flatMap(collect)];
}

/** @param current the stored object that is to be changed */
export function brokenRules(object: ApiObject, schema: unknown, current: ApiObject | undefined): Cause[] {
  const asked = rulesIn(schema);
  const ruled = asked.size === 0 ? undefined : readRuled(object);
  if (ruled === undefined) return [];
  const old = current === undefined ? undefined : readRuled(current);
  return ruleProblems(ruled, { asked, ...(old === undefined ? {} : { old }) }).map(({ path, message }) => ({
    ...invalidValue(path, 'object', message),
    field: path,
  }));
}
