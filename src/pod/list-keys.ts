/** By what the items of lists in a pod are told apart. */
import type { JsonObject } from './json.js';

export const byName = (item: JsonObject) => String(item['name']);

export const mountKey = (mount: JsonObject) => String(mount['mountPath']);

export const ownerKey = (owner: JsonObject) => String(owner['uid']);

/** A port without a name is told by its number. */
export function portKey(port: JsonObject): string {
  return port['name'] ? `name ${port['name']}` : `number ${portNumber(port)}`;
}

export function portNumber({ containerPort, protocol }: JsonObject): string {
  return `${containerPort}/${protocol || 'TCP'}`;
}

/** Which ConfigMap or Secret, with which prefix. */
export function envFromKey({ configMapRef, secretRef, prefix }: JsonObject): string {
  return JSON.stringify([Object(configMapRef).name ?? '', Object(secretRef).name ?? '', prefix || '']);
}

/** All fields of a toleration, as the API server completes them. */
export function tolerationKey({ key, operator, value, effect, tolerationSeconds }: JsonObject): string {
  return JSON.stringify([key || '', operator || 'Equal', value || '', effect || '', tolerationSeconds ?? null]);
}
