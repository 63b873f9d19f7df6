import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { annotationPrefix, appliedAnnotation, type Role, roles } from '../../../src/api/labels.js';
import { digestOf, escapePlaceholders, tagsOf } from '../../../src/pod/tags.js';
import { application } from '../api/manifests.js';

/** The tags by name without the prefix, parsed. */
function tags(spec: object, role: Role, metadata: object = {}): Record<string, unknown> {
  const entries = [...tagsOf(application(spec, metadata), role)];
  return Object.fromEntries(entries.map(([key, value]) => [key.replace(annotationPrefix, ''), JSON.parse(value)]));
}

const owner = {
  apiVersion: 'sparkoperator.k8s.io/v1beta2',
  kind: 'SparkApplication',
  name: 'pi',
  uid: '11111111-2222-4333-8444-555555555555',
  controller: false,
};
/** What every executor carries. */
const always: Readonly<Record<Role, object>> = { driver: {}, executor: { 'owner-references': [owner] } };

const volumes = [
  { name: 'v', emptyDir: {} },
  { name: 'w', emptyDir: {} },
];
const volumeMounts = [{ name: 'v', mountPath: '/v' }];

interface Row {
  readonly what: string;
  /** Of the role. */
  readonly fields?: object;
  /** Of both. */
  readonly spec?: object;
  readonly tags: object;
}

const rows: readonly Row[] = [
  { what: 'nothing that is set', tags: {} },
  { what: 'env', fields: { env: [{ name: 'A', value: 'b' }] }, tags: { env: [{ name: 'A', value: 'b' }] } },
  { what: 'lists that are empty', fields: { env: [], configMaps: [], volumeMounts: [], tolerations: [] }, tags: {} },
  { what: 'affinity', fields: { affinity: { nodeAffinity: {} } }, tags: { affinity: { nodeAffinity: {} } } },
  { what: 'tolerations', fields: { tolerations: [{ key: 'k' }] }, tags: { tolerations: [{ key: 'k' }] } },
  {
    what: 'volumeMounts and those volumes that they name',
    spec: { volumes },
    fields: { volumeMounts },
    tags: { volumes: [volumes[0]], 'volume-mounts': volumeMounts },
  },
  { what: 'volumes that nobody mounts', spec: { volumes }, tags: {} },
  {
    what: "configMaps, after those of the application, Hadoop's first",
    spec: { sparkConfigMap: 's', hadoopConfigMap: 'h' },
    fields: { configMaps: [{ name: 'c', path: '/c' }] },
    tags: {
      'config-maps': [
        { name: 'h', path: '/etc/hadoop/conf', volume: 'hadoop-configmap-volume', env: 'HADOOP_CONF_DIR' },
        { name: 's', path: '/etc/spark/conf', volume: 'spark-configmap-volume', env: 'SPARK_CONF_DIR' },
        { name: 'c', path: '/c' },
      ],
    },
  },
  {
    what: 'volumeMounts, in the order of the mounts, and those of helpers, without local directories',
    spec: {
      volumes: [...volumes, { name: 'spark-local-dir-1', emptyDir: {} }, { name: 'v', hostPath: { path: '/h' } }],
    },
    fields: {
      volumeMounts: [{ name: 'w', mountPath: '/w' }],
      sidecars: [{ name: 's', image: 'x', volumeMounts }],
    },
    tags: {
      volumes: [volumes[1], { name: 'v', hostPath: { path: '/h' } }],
      'volume-mounts': [{ name: 'w', mountPath: '/w' }],
      sidecars: [{ name: 's', image: 'x', volumeMounts }],
    },
  },
  { what: 'envFrom', fields: { envFrom: [{ prefix: 'a' }] }, tags: { 'env-from': [{ prefix: 'a' }] } },
  {
    what: 'ports',
    fields: { ports: [{ name: 'a', protocol: 'TCP', containerPort: 1 }] },
    tags: { ports: [{ name: 'a', protocol: 'TCP', containerPort: 1 }] },
  },
  {
    what: 'containers, of one name and image the first',
    fields: {
      initContainers: [
        { name: 'i', image: 'x' },
        { name: 'i', image: 'x', tty: true },
      ],
      sidecars: [
        { name: 's', image: 'x' },
        { name: 's', image: 'x' },
      ],
    },
    tags: { 'init-containers': [{ name: 'i', image: 'x' }], sidecars: [{ name: 's', image: 'x' }] },
  },
  {
    what: 'fields with the same value as the annotation',
    fields: {
      lifecycle: { preStop: { sleep: { seconds: 1 } } },
      hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
      dnsConfig: {},
      securityContext: {},
      podSecurityContext: { fsGroup: 1 },
      terminationGracePeriodSeconds: 0,
      hostNetwork: true,
      shareProcessNamespace: true,
      schedulerName: 'x',
      priorityClassName: 'y',
      nodeSelector: { a: 'b' },
      memoryLimit: '2g',
      gpu: { name: 'nvidia.com/gpu', quantity: 1 },
    },
    tags: {
      lifecycle: { preStop: { sleep: { seconds: 1 } } },
      'host-aliases': [{ ip: '10.0.0.1', hostnames: ['a'] }],
      'dns-config': {},
      'security-context': {},
      'pod-security-context': { fsGroup: 1 },
      'termination-grace-period-seconds': 0,
      'host-network': true,
      'share-process-namespace': true,
      'scheduler-name': 'x',
      'priority-class-name': 'y',
      'node-selector': { a: 'b' },
      'memory-limit': '2g',
      gpu: { name: 'nvidia.com/gpu', quantity: 1 },
    },
  },
  {
    what: 'fields that ask for nothing',
    fields: {
      hostNetwork: false,
      shareProcessNamespace: false,
      schedulerName: '',
      priorityClassName: '',
      nodeSelector: {},
      memoryLimit: '',
      gpu: { name: '', quantity: 1 },
      sidecars: [],
    },
    tags: {},
  },
  { what: 'fields that Spark itself does', fields: { cores: 2, labels: { a: 'b' }, envVars: { A: 'b' } }, tags: {} },
];

describe('the tags of an application', () => {
  for (const role of roles) {
    const other = role === 'driver' ? 'executor' : 'driver';
    for (const { what, fields = {}, spec = {}, tags: expected } of rows) {
      it(`of the ${role} come from ${what}`, () => {
        assert.deepEqual(tags({ ...spec, [role]: fields }, role), { ...always[role], ...expected });
      });
    }

    it(`of the ${role} do not come from fields of the ${other}`, () => {
      const fields = { env: [{ name: 'A' }], volumeMounts, configMaps: [{ name: 'c', path: '/c' }], affinity: {} };
      assert.deepEqual(tags({ volumes, [other]: fields }, role), always[role]);
    });
  }

  it('that no API server has stored make it no owner', () => {
    assert.deepEqual(tags({}, 'executor', { uid: '' }), {});
  });

  it('have the same bytes every time', () => {
    const read = application({ volumes, executor: { volumeMounts, env: [{ value: 'b', name: 'A' }] } });
    assert.deepEqual([...tagsOf(read, 'executor')], [...tagsOf(read, 'executor')]);
  });
});

describe('a tag on its way through Spark', () => {
  it('has no placeholder in it, and the same meaning', () => {
    const text = fc
      .array(fc.constantFrom('{', '{{', '}}', '{{APP_ID}}', '\\', '"', 'u007b', 'x'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    const value = fc.oneof(fc.dictionary(text, fc.array(text)), fc.array(fc.dictionary(text, text)));
    fc.assert(
      fc.property(value, (json) => {
        const escaped = escapePlaceholders(JSON.stringify(json));
        assert.ok(!escaped.includes('{{'), escaped);
        assert.equal(JSON.stringify(JSON.parse(escaped)), JSON.stringify(json));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is as it was where there is no placeholder', () => {
    assert.equal(escapePlaceholders('[{"name":"A","value":"{}"}]'), '[{"name":"A","value":"{}"}]');
    assert.equal(escapePlaceholders('"{{APP_ID}}"'), '"\\u007b\\u007bAPP_ID}}"');
  });
});

describe('the digest of tags', () => {
  const tag = fc.tuple(
    fc.stringMatching(/^[a-z]{1,8}$/),
    fc.string({ minLength: 1 }).filter((value) => !value.includes('\n')),
  );
  const some = fc.uniqueArray(tag, { selector: ([key]) => key, minLength: 1, maxLength: 5 });

  it('does not depend on their order', () => {
    fc.assert(
      fc.property(some, (list) => digestOf(list) === digestOf([...list].reverse())),
      { numRuns: 500 },
    );
  });

  it('depends on every byte of every key and value', () => {
    fc.assert(
      fc.property(some, fc.nat(), fc.nat(), fc.boolean(), (list, which, where, ofKey) => {
        const changed = list.map(([key, value], index) => {
          if (index !== which % list.length) return [key, value] as const;
          return ofKey ? ([turned(key, where), value] as const) : ([key, turned(value, where)] as const);
        });
        assert.notEqual(digestOf(changed), digestOf(list));
        assert.notEqual(digestOf(list.slice(1)), digestOf(list));
      }),
      { numRuns: 500 },
    );
  });

  it('is the SHA-256 of the sorted lines, without the digest itself', () => {
    const tags = [
      ['b', '2'],
      ['a', '1'],
      [appliedAnnotation, 'x'],
    ] as const;
    // printf 'a=1\nb=2' | sha256sum
    assert.equal(digestOf(tags), '55c420c0f44ea4c6c84414bc15c0a2923ce2b03ae1e907fbcf20d131d735faff');
  });
});

/** The text with another character at one place. */
function turned(text: string, where: number): string {
  const index = where % text.length;
  return `${text.slice(0, index)}${text[index] === '~' ? '!' : '~'}${text.slice(index + 1)}`;
}
