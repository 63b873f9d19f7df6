/** Pods as they can be compared: without what has no meaning, and with every item of a list once. */
import assert from 'node:assert/strict';
import { annotationPrefix } from '../../../src/api/labels.js';
import { isJsonObject, type JsonObject } from '../../../src/pod/json.js';
import { byName, envFromKey, mountKey, portKey, tolerationKey } from '../../../src/pod/list-keys.js';
import { formatQuantity, parseQuantity } from '../../../src/pod/quantity.js';

/** Without what is ours, what the peer adds without meaning, and owners, which are compared on their own. */
export function comparable(pod: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(pod), (key, value) => {
    if (key === 'creationTimestamp' && value === null) return undefined;
    if (key === 'volumeClaimTemplate' && Object.keys(Object(value.metadata)).length === 0) return { spec: value.spec };
    if (key === 'ownerReferences' || key.startsWith(annotationPrefix)) return undefined;
    if (key === 'resources' && Object.keys(value).length === 0) return undefined;
    if (key === 'limits' || key === 'requests') return canonicalQuantities(value);
    return value;
  });
  assert.ok(isJsonObject(copy) && isJsonObject(copy['metadata']));
  const { status, ...rest } = copy;
  const { annotations, ...metadata } = copy['metadata'];
  const others = Object.keys(Object(annotations)).length === 0 ? {} : { annotations };
  return { ...rest, metadata: { ...metadata, ...others } };
}

function canonicalQuantities(quantities: object): object {
  return Object.fromEntries(
    Object.entries(quantities).map(([resource, text]) => {
      const parsed = parseQuantity(String(text));
      return [resource, parsed === undefined ? text : formatQuantity(parsed)];
    }),
  );
}

const keysOfLists: Readonly<Record<string, (item: JsonObject) => string>> = {
  volumes: byName,
  volumeMounts: mountKey,
  env: byName,
  envFrom: envFromKey,
  ports: portKey,
  tolerations: tolerationKey,
  containers: byName,
  initContainers: byName,
};

/** Of items with one key the first place and the last content. */
export function withEverythingOnce(pod: unknown): unknown {
  return JSON.parse(JSON.stringify(pod), (name, value) => {
    const keyOf = keysOfLists[name];
    if (keyOf === undefined || !Array.isArray(value)) return value;
    return [...new Map(value.map((item) => [keyOf(item), item])).values()];
  });
}
