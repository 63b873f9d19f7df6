/** The work of checking grows with the object and no faster: counted in looks at the object, not in time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { manifest } from './manifests.js';

/** The object, which counts how often anything of it is looked at. */
function counted(object: object): { object: object; looks: () => number } {
  let looks = 0;
  const wrap = (value: unknown): unknown =>
    typeof value === 'object' && value !== null ? new Proxy(value, handler) : value;
  const handler: ProxyHandler<object> = {
    get: (target, key, receiver) => {
      looks += 1;
      return wrap(Reflect.get(target, key, receiver));
    },
    has: (target, key) => {
      looks += 1;
      return Reflect.has(target, key);
    },
    ownKeys: (target) => {
      const keys = Reflect.ownKeys(target);
      looks += keys.length;
      return keys;
    },
  };
  return { object: new Proxy(object, handler), looks: () => looks };
}

function looksAt(spec: object): number {
  const { object, looks } = counted(manifest(spec));
  readSparkApplication(object);
  return looks();
}

const many = <Item>(count: number, item: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => item(index));
const map = (count: number, entry: (index: number) => readonly [string, unknown]) =>
  Object.fromEntries(many(count, entry));

/** Grow: a field with so many entries. */
const growing: Readonly<Record<string, (count: number) => object>> = {
  arguments: (count) => ({ arguments: many(count, String) }),
  properties: (count) => ({ sparkConf: map(count, (index) => [`spark.a.${index}`, 'x']) }),
  'properties of labels': (count) => ({
    sparkConf: map(count, (index) => [`spark.kubernetes.driver.label.${index}`, 'x']),
  }),
  labels: (count) => ({ driver: { labels: map(count, (index) => [`l${index}`, 'x']) } }),
  'labels that are wrong': (count) => ({ driver: { labels: map(count, (index) => [`l ${index}`, 'x y']) } }),
  annotations: (count) => ({ executor: { annotations: map(count, (index) => [`a/${index}`, 'x']) } }),
  variables: (count) => ({ driver: { env: many(count, (index) => ({ name: `V${index}`, value: 'x' })) } }),
  tolerations: (count) => ({ executor: { tolerations: many(count, (index) => ({ key: `t${index}` })) } }),
  sidecars: (count) => ({ driver: { sidecars: many(count, (index) => ({ name: `s${index}`, image: 'i' })) } }),
  'ports of a sidecar': (count) => ({
    driver: { sidecars: [{ name: 's', ports: many(count, (containerPort) => ({ containerPort })) }] },
  }),
  'ConfigMaps, all at one path': (count) => ({
    driver: { configMaps: many(count, (index) => ({ name: `c${index}`, path: '/c' })) },
  }),
  'volumes, far too many': (count) => ({
    volumes: many(count, (index) => ({ name: `v${index}` })),
    driver: { volumeMounts: many(count, (index) => ({ name: `v${index}`, mountPath: `/${index}` })) },
  }),
  'unknown fields': (count) => map(count, (index) => [`unknown${index}`, 1]),
  'a pod template': (count) => ({
    driver: { template: { spec: { containers: many(count, () => ({ a: { b: 1 } })) } } },
  }),
};

describe('checking twice as much takes twice the work, with', () => {
  for (const [what, specOf] of Object.entries(growing)) {
    it(what, () => {
      const once = looksAt(specOf(1_000));
      const twice = looksAt(specOf(2_000));
      assert.ok(once > 1_000, String(once));
      assert.ok(twice < 2.1 * once, `${once} looks, then ${twice}`);
    });
  }
});
