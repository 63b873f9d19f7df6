/** The embedded API server answers as kube-apiserver does: objects, patches, watches, deletes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  ApiServerSite,
  application,
  applications,
  configMap,
  configMaps,
  definitions,
  pod,
  pods,
} from './api-server-site.js';

let site: ApiServerSite;
before(async () => {
  site = await ApiServerSite.open();
});
after(() => site.close());

describe('creating', () => {
  it('gives an object its uid, time, namespace and resource version', async () => {
    const { body } = await site.send('POST', configMaps, configMap('created'), 201);
    const { uid, creationTimestamp, namespace, resourceVersion } = body.metadata;
    assert.match(String(uid), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/u);
    assert.match(String(creationTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);
    assert.equal(namespace, 'default');
    assert.match(resourceVersion, /^\d+$/u);
  });

  it('makes a name from generateName', async () => {
    const { body } = await site.send('POST', configMaps, { metadata: { generateName: 'made-' } }, 201);
    assert.match(body.metadata.name, /^made-[a-z0-9]{5}$/u);
  });

  it('refuses a second object of one name', async () => {
    await site.send('POST', configMaps, configMap('twice'), 201);
    const { body } = await site.send('POST', configMaps, configMap('twice'), 409);
    assert.equal(body.reason, 'AlreadyExists');
    assert.equal(body.message, 'configmaps "twice" already exists');
    assert.deepEqual(body['details'], { name: 'twice', kind: 'configmaps' });
  });

  it('refuses a name that is no DNS name, with the field', async () => {
    const { body } = await site.send('POST', configMaps, configMap('A_b'), 422);
    assert.match(
      body.message,
      /^ConfigMap "A_b" is invalid: metadata\.name: Invalid value: "A_b": a lowercase RFC 1123/u,
    );
  });

  it('refuses a namespace that is not there, or another one in the object', async () => {
    const absent = await site.send('POST', '/api/v1/namespaces/absent/configmaps', configMap('a'), 404);
    assert.equal(absent.body.message, 'namespaces "absent" not found');
    await site.send('POST', configMaps, configMap('a', { namespace: 'other' }), 400);
  });

  it('stores nothing for a dry run', async () => {
    await site.send('POST', `${configMaps}?dryRun=All`, configMap('dry'), 201);
    await site.send('GET', `${configMaps}/dry`, undefined, 404);
  });

  it('completes a pod as Kubernetes does', async () => {
    const { body } = await site.send('POST', pods, { ...pod('complete'), status: { phase: 'Running' } }, 201);
    assert.deepEqual(body['status'], { phase: 'Pending', qosClass: 'BestEffort' });
    assert.equal(JSON.stringify(body['spec']).includes('"imagePullPolicy":"IfNotPresent"'), true);
  });

  it('refuses a pod without containers or images', async () => {
    const { body } = await site.send('POST', pods, pod('empty', { containers: [] }), 422);
    assert.equal(body.message, 'Pod "empty" is invalid: spec.containers: Required value');
    await site.send('POST', pods, pod('imageless', { containers: [{ name: 'main' }] }), 422);
  });

  it('refuses a body of more than 3 MiB, and one that is not JSON', async () => {
    await site.send('POST', configMaps, { ...configMap('big'), data: { a: 'x'.repeat(3_200_000) } }, 413);
    await site.send('POST', configMaps, '{nonsense', 400);
  });
});

describe('updating', () => {
  it('needs the resource version that it read', async () => {
    const { body } = await site.send('POST', configMaps, configMap('updated'), 201);
    await site.send('PUT', `${configMaps}/updated`, { ...body, data: { a: '2' } }, 200);
    const late = await site.send('PUT', `${configMaps}/updated`, { ...body, data: { a: '3' } }, 409);
    assert.match(late.body.message, /the object has been modified; please apply your changes to the latest version/u);
  });

  it('keeps the resource version when nothing changes', async () => {
    const { body } = await site.send('POST', configMaps, configMap('idle'), 201);
    const again = await site.send('PUT', `${configMaps}/idle`, body, 200);
    assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion);
  });

  it('refuses the uid of another object: 409 in an update, 422 in a patch', async () => {
    await site.send('POST', configMaps, configMap('held'), 201);
    await site.send('PUT', `${configMaps}/held`, configMap('held', { uid: 'other' }), 409);
    await site.patch(`${configMaps}/held`, 'merge', { metadata: { uid: 'other' } }, 422);
  });

  it('keeps status and spec apart, and counts generations of the spec alone', async () => {
    await site.send('POST', applications, application('apart'), 201);
    const path = `${applications}/apart`;
    const spec = await site.patch(path, 'merge', { spec: { type: 'Java' }, status: { submissionAttempts: 3 } }, 200);
    assert.equal(spec.body['status'], undefined);
    assert.equal(spec.body.metadata['generation'], 2);
    const change = { spec: { type: 'Python' }, status: { submissionAttempts: 3 }, metadata: { labels: { a: 'b' } } };
    const { body } = await site.patch(`${path}/status`, 'merge', change, 200);
    assert.deepEqual(body['status'], { submissionAttempts: 3 });
    assert.deepEqual([body.metadata['generation'], body.metadata['labels']], [2, undefined]);
    assert.equal(JSON.stringify(body['spec']).includes('Java'), true);
  });

  it('leaves a pod its spec', async () => {
    await site.send('POST', pods, pod('fixed'), 201);
    await site.patch(`${pods}/fixed`, 'merge', { spec: { restartPolicy: 'Never' } }, 422);
    const container = { name: 'main', image: 'spark:4.2.0' };
    await site.patch(`${pods}/fixed`, 'strategic-merge', { spec: { containers: [container] } }, 200);
  });
});

describe('patching', () => {
  it('does JSON patches, and refuses as a whole one whose test fails', async () => {
    await site.send('POST', configMaps, configMap('json'), 201);
    const replaced = [{ op: 'replace', path: '/data/a', value: '2' }];
    const { body } = await site.patch(`${configMaps}/json`, 'json', replaced, 200);
    assert.deepEqual(body['data'], { a: '2' });
    const failing = [...replaced, { op: 'test', path: '/data/a', value: '3' }];
    assert.equal((await site.patch(`${configMaps}/json`, 'json', failing, 422)).body.reason, 'Invalid');
  });

  const container = (name: string, more: object = {}) => ({ name, image: 'i:1', ...more });
  const strategic: [behaviour: string, before: object, patch: object, after: (spec: string) => boolean][] = [
    [
      'merges containers by name and variables too',
      { containers: [container('a', { env: [{ name: 'X', value: '1' }] }), container('b')] },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
      (spec) => spec.includes('[{"name":"X","value":"1"},{"name":"Y","value":"2"}]') && spec.includes('"name":"b"'),
    ],
    [
      'deletes the item that says so',
      { containers: [container('a'), container('b')] },
      { containers: [{ name: 'b', $patch: 'delete' }] },
      (spec) => !spec.includes('"name":"b"'),
    ],
    [
      'replaces the list that says so',
      { containers: [container('a')], volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'w', emptyDir: {} }, { $patch: 'replace' }] },
      (spec) => !spec.includes('"name":"v"') && spec.includes('"name":"w"'),
    ],
    [
      'keeps of a volume only the keys that are retained',
      { containers: [container('a')], volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' }, $retainKeys: ['name', 'configMap'] }] },
      (spec) => spec.includes('[{"name":"v","configMap":{"name":"c"}}]'),
    ],
    [
      'orders items as it is told',
      { containers: [container('a'), container('b')] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'i:2' }] },
      (spec) => spec.indexOf('"name":"b"') < spec.indexOf('"name":"a"'),
    ],
    [
      'replaces lists that have no key',
      { containers: [container('a', { args: ['1', '2'] })], tolerations: [{ key: 'x', operator: 'Exists' }] },
      { tolerations: [{ key: 'y', operator: 'Exists' }] },
      (spec) => !spec.includes('"key":"x"'),
    ],
  ];
  for (const [index, [behaviour, spec, patch, holds]] of strategic.entries()) {
    it(`${behaviour}, in a strategic merge patch`, async () => {
      const { body } = await site.send('POST', `${pods}?dryRun=All`, pod(`strategic-${index}`, spec), 201);
      // A stand-in whose spec may change, because that of a pod may not.
      const stand = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: `strategic-${index}` },
        spec: body['spec'],
      };
      const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
      await site.send('POST', path, stand, 201);
      const patched = await site.patch(`${path}/strategic-${index}`, 'strategic-merge', { spec: patch }, 200);
      assert.ok(holds(JSON.stringify(patched.body['spec'])), JSON.stringify(patched.body['spec']));
    });
  }

  it('takes no strategic merge patch of a custom resource', async () => {
    await site.send('POST', applications, application('strategic'), 201);
    const { body } = await site.patch(`${applications}/strategic`, 'strategic-merge', { spec: {} }, 415);
    assert.match(body.message, /application\/merge-patch\+json, application\/apply-patch\+yaml$/u);
  });

  it('applies from the server side: creates, merges, and takes away what is no longer said', async () => {
    const path = `${configMaps}/applied`;
    await site.apply(path, configMap('applied'), 201);
    await site.patch(path, 'merge', { data: { b: '2' } }, 200);
    const { body } = await site.apply(path, { ...configMap('applied'), data: { c: '3' } }, 200);
    assert.deepEqual(body['data'], { b: '2', c: '3' });
    const type = { 'content-type': 'application/apply-patch+yaml' };
    await site.send('PATCH', path, configMap('applied'), 422, type);
  });

  it('merges applied lists by their keys', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/merged';
    const rules = [{ apiGroups: ['none'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothing'] }];
    const webhook = {
      name: 'a.b.c',
      clientConfig: { url: 'https://127.0.0.1:1/' },
      rules,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    };
    const manifest = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'merged' },
      webhooks: [webhook],
    };
    await site.apply(path, manifest, 201);
    await site.patch(path, 'json', [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: 'Q0E=' }], 200);
    const { body } = await site.apply(path, manifest, 200);
    assert.match(JSON.stringify(body['webhooks']), /"caBundle":"Q0E="/u);
  });
});

describe('custom resources', () => {
  it('are pruned, with a warning for each unknown field', async () => {
    const { body, headers } = await site.send(
      'POST',
      applications,
      application('pruned', { bogus: 1, driver: { bog: 1 } }),
      201,
    );
    assert.equal(
      headers.get('warning'),
      '299 - "unknown field \\"spec.bogus\\"", 299 - "unknown field \\"spec.driver.bog\\""',
    );
    assert.equal(JSON.stringify(body['spec']).includes('bog'), false);
  });

  it('are refused for unknown fields when validation is strict', async () => {
    const { body } = await site.send(
      'POST',
      `${applications}?fieldValidation=Strict`,
      application('strict', { bogus: 1 }),
      400,
    );
    assert.equal(
      body.message,
      'SparkApplication in version "v1beta2" cannot be handled as a SparkApplication: strict decoding error: unknown field "spec.bogus"',
    );
  });

  const faults: [spec: object, cause: string][] = [
    [{ type: 'Foo' }, 'spec.type: Unsupported value: "Foo": supported values: "Java", "Scala", "Python", "R"'],
    [{ mainApplicationFile: undefined }, 'spec.mainApplicationFile: Required value'],
    [
      { sparkVersion: 1 },
      'spec.sparkVersion: Invalid value: "integer": spec.sparkVersion in body must be of type string: "integer"',
    ],
    [
      { driver: { cores: -1 } },
      'spec.driver.cores: Invalid value: -1: spec.driver.cores in body should be greater than or equal to 1',
    ],
    [
      { sparkConf: { a: 1 } },
      'spec.sparkConf.a: Invalid value: "integer": spec.sparkConf.a in body must be of type string: "integer"',
    ],
  ];
  for (const [spec, cause] of faults) {
    it(`are refused for ${JSON.stringify(spec)} in the words of the real server`, async () => {
      const { body } = await site.send('POST', applications, application('bad', spec), 422);
      assert.equal(body.message, `SparkApplication.sparkoperator.k8s.io "bad" is invalid: ${cause}`);
    });
  }

  it('are served as soon as their definition is there, and gone with it', async () => {
    const definition = {
      metadata: { name: 'tests.example.io' },
      spec: {
        group: 'example.io',
        scope: 'Cluster',
        names: { plural: 'tests', kind: 'Test' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: {
                    type: 'object',
                    properties: { d: { type: 'string', default: 'x' }, n: { 'x-kubernetes-int-or-string': true } },
                  },
                },
              },
            },
          },
        ],
      },
    };
    const { body } = await site.send('POST', definitions, definition, 201);
    assert.match(JSON.stringify(body['status']), /"type":"Established","status":"True"/u);
    const test = { apiVersion: 'example.io/v1', kind: 'Test', metadata: { name: 't' }, spec: { n: 1 } };
    const created = await site.send('POST', '/apis/example.io/v1/tests', test, 201);
    assert.deepEqual(created.body['spec'], { n: 1, d: 'x' });
    await site.send('POST', '/apis/example.io/v1/tests', { ...test, spec: { n: true } }, 422);
    await site.send('DELETE', `${definitions}/tests.example.io`, undefined, 200);
    assert.equal((await fetch(`${site.url}/apis/example.io/v1/tests`)).status, 404);
  });
});
