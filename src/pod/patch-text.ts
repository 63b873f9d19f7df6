/**
 * A JSON patch as text. Most of its values are those of annotations, which are remembered, frozen, and shared by the pods of an
 * application (remembered.ts): what is frozen never changes, so it is written out once.
 */
import type { Operation } from './patch.js';

const texts = new WeakMap<object, string>();

export function patchText(patch: readonly Operation[]): string {
  if (!patch.some(({ value }) => isShared(value))) return JSON.stringify(patch);
  return `[${patch.map(operationText).join(',')}]`;
}

function isShared(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.isFrozen(value);
}

function operationText({ op, path, value }: Operation): string {
  const head = `{"op":"${op}","path":${JSON.stringify(path)}`;
  return value === undefined ? `${head}}` : `${head},"value":${valueText(value)}}`;
}

function valueText(value: unknown): string {
  if (isShared(value)) return sharedText(value);
  // A list that was made for this pod may hold what is shared.
  return Array.isArray(value) ? `[${value.map(valueText).join(',')}]` : JSON.stringify(value);
}

function sharedText(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}
