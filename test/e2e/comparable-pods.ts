/** Pods of two runs in two namespaces, as they can be compared field by field. */
import { canonicalJson } from '../../src/pod/json.js';
import { differences } from '../unit/pod/executor-differences.js';

/** What differs from one submission, and from one namespace, to the next. */
const varying: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/(e2e|spark)-(features|template|webhook)-[0-9a-f]{6}/gu, 'NAMESPACE'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, 'UUID'],
  [/[0-9a-f]{32}/gu, 'APPLICATION'],
  [/[0-9a-f]{16}/gu, 'RESOURCE'],
  [/kube-api-access-[a-z0-9]{5}/gu, 'TOKEN'],
  [/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/gu, 'ADDRESS'],
];

/** Without what varies, and with lists sorted, where the API server adds its own items. */
export function comparable({ metadata, spec }: { metadata?: object; spec?: object }): unknown {
  const { labels, annotations, ownerReferences } = { labels: {}, annotations: {}, ownerReferences: [], ...metadata };
  const text = varying.reduce(
    (json, [pattern, name]) => json.replaceAll(pattern, name),
    JSON.stringify({ labels, annotations, ownerReferences, spec }),
  );
  return JSON.parse(text, (_, value) =>
    Array.isArray(value) ? value.map((item) => canonicalJson(item)).sort() : value,
  );
}

/** The same without the documented differences between an executor that a webhook changed and one that none did. */
export function comparableExecutor(pod: object): unknown {
  return comparable(Object(differences.reduce<unknown>((before, { level }) => level(before), pod)));
}
