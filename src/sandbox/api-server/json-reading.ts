/** Reads JSON whose shape nobody has promised: what is not there, or is something else, counts as empty. */
import { isJsonObject, type JsonObject } from '../../pod/json.js';

export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isJsonObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

export const members = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const texts = (value: unknown): string[] => items(value).map(text);
