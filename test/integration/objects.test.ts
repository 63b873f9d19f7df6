/** Creating and replacing objects: names, versions, preconditions, and what nobody can change. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  configMaps,
  namespaces,
  pods,
  resourcePath,
  secrets,
  services,
  sparkApplications,
} from '../../src/kube/resources.js';
import { application, configMap, pod } from './bodies.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('objects');
});
after(() => site.close());

describe('a create', () => {
  it('answers with the object, its uid, version and time of creation', async () => {
    const { body } = await site.create(configMaps, configMap('created'));
    assert.equal(body['kind'], 'ConfigMap');
    assert.equal(body.metadata['namespace'], site.namespace);
    assert.deepEqual(body['data'], { a: '1' });
    assert.match(body.metadata.uid, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
    assert.match(body.metadata.resourceVersion, /^\d+$/u);
    assert.match(String(body.metadata['creationTimestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u);
  });

  it('makes up a name from generateName', async () => {
    const { body } = await site.create(configMaps, { metadata: { generateName: 'made-up-' } });
    assert.match(body.metadata.name, /^made-up-[a-z0-9]{5}$/u);
  });

  it('of a name that is taken is refused as AlreadyExists', async () => {
    await site.create(configMaps, configMap('taken'));
    const { body } = await site.create(configMaps, configMap('taken'), 409);
    assert.equal(body.reason, 'AlreadyExists');
    assert.equal(body.message, 'configmaps "taken" already exists');
  });

  it('without a name is refused', async () => {
    const { body } = await site.create(configMaps, { metadata: {} }, 422);
    assert.equal(body.reason, 'Invalid');
    assert.match(body.message, /metadata\.name: Required value: name or generateName is required/u);
  });

  it('of a name with capitals is refused with the rule', async () => {
    const { body } = await site.create(configMaps, configMap('Capital'), 422);
    assert.equal(body.details.causes[0]?.field, 'metadata.name');
    assert.match(
      body.message,
      /^ConfigMap "Capital" is invalid: metadata\.name: Invalid value: "Capital": a lowercase/u,
    );
  });

  it('of a Service whose name begins with a digit is refused', async () => {
    const service = { metadata: { name: '1st' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } };
    const { body } = await site.create(services, service, 422);
    assert.match(body.message, /a DNS-1035 label must consist of/u);
  });

  it('of a label value with a blank is refused', async () => {
    const { body } = await site.create(configMaps, configMap('labelled', { labels: { team: 'a b' } }), 422);
    assert.match(body.message, /metadata\.labels: Invalid value: "a b": a valid label must be/u);
  });

  it('in a namespace that is not there is not found', async () => {
    const path = resourcePath(configMaps, { namespace: 'integration-nowhere' });
    const { body } = await site.send('POST', path, 404, { body: configMap('lost') });
    assert.equal(body.message, 'namespaces "integration-nowhere" not found');
  });

  it('that names another namespace than its path is refused', async () => {
    const { body } = await site.create(configMaps, configMap('astray', { namespace: 'default' }), 400);
    assert.equal(body.message, 'the namespace of the provided object does not match the namespace sent on the request');
  });

  it('of a pod without containers is refused with the path', async () => {
    const { body } = await site.create(pods, pod('empty', {}, { containers: [] }), 422);
    assert.equal(body.details.causes[0]?.field, 'spec.containers');
    assert.equal(body.details.causes[0]?.reason, 'FieldValueRequired');
  });

  it('of a pod fills in what it does not say', async () => {
    const { body } = await site.create(pods, pod('defaults'));
    const spec = JSON.stringify(body['spec']);
    for (const part of ['"restartPolicy":"Always"', '"imagePullPolicy":"IfNotPresent"', '"dnsPolicy":"ClusterFirst"'])
      assert.ok(spec.includes(part), `${part} in ${spec}`);
    assert.equal(JSON.stringify(body['status']).includes('"phase":"Pending"'), true);
  });

  it('of a Secret encodes stringData and does not give it back', async () => {
    const { body } = await site.create(secrets, { metadata: { name: 'plain' }, stringData: { word: 'open' } });
    assert.deepEqual(body['data'], { word: 'b3Blbg==' });
    assert.equal(body['stringData'], undefined);
    assert.equal(body['type'], 'Opaque');
  });

  it('that is a dry run answers as if, and stores nothing', async () => {
    const { body } = await site.create(configMaps, configMap('dry'), 201, { dryRun: 'All' });
    assert.equal(body.metadata.name, 'dry');
    await site.get(configMaps, 'dry', 404);
  });
});

describe('a read', () => {
  it('of what is not there is NotFound', async () => {
    const { body } = await site.get(configMaps, 'missing', 404);
    assert.equal(body.reason, 'NotFound');
    assert.equal(body.message, 'configmaps "missing" not found');
  });

  it('of a resource that is not there is not found either', async () => {
    const nothing = { group: 'nothing.example.io', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };
    await assert.rejects(
      site.client.request({ method: 'GET', path: resourcePath(nothing, { namespace: site.namespace }) }),
      { status: 404 },
    );
  });
});

describe('an update', () => {
  it('replaces the object and moves its version on', async () => {
    const { body: old } = await site.create(configMaps, configMap('replaced'));
    const { body } = await site.replace(configMaps, 'replaced', configMap('replaced', {}, { b: '2' }));
    assert.deepEqual(body['data'], { b: '2' });
    assert.ok(BigInt(body.metadata.resourceVersion) > BigInt(old.metadata.resourceVersion));
    assert.equal(body.metadata.uid, old.metadata.uid);
  });

  it('that changes nothing keeps the version', async () => {
    const { body: old } = await site.create(configMaps, configMap('same'));
    const { body } = await site.replace(configMaps, 'same', configMap('same'));
    assert.equal(body.metadata.resourceVersion, old.metadata.resourceVersion);
  });

  it('of an old version is a conflict', async () => {
    const { body: old } = await site.create(configMaps, configMap('fought-over'));
    await site.replace(configMaps, 'fought-over', configMap('fought-over', {}, { b: '2' }));
    const { resourceVersion } = old.metadata;
    const { body } = await site.replace(configMaps, 'fought-over', configMap('fought-over', { resourceVersion }), 409);
    assert.equal(body.reason, 'Conflict');
    assert.match(
      body.message,
      /^Operation cannot be fulfilled on configmaps "fought-over": the object has been modified/u,
    );
  });

  it('for another uid is a conflict', async () => {
    await site.create(configMaps, configMap('reborn'));
    const { body } = await site.replace(configMaps, 'reborn', configMap('reborn', { uid: 'of-another' }), 409);
    assert.match(body.message, /Precondition failed: UID in precondition: of-another/u);
  });

  it('of a custom resource must name the version', async () => {
    await site.create(sparkApplications, application('unversioned'));
    const { body } = await site.replace(sparkApplications, 'unversioned', application('unversioned'), 422);
    assert.match(body.message, /metadata\.resourceVersion: Invalid value: (?:0|0x0): must be specified for an update/u);
  });

  it('of what is not there is NotFound', async () => {
    await site.replace(configMaps, 'missing', configMap('missing'), 404);
  });

  it('under another name than its path is refused', async () => {
    await site.create(configMaps, configMap('one'));
    const { body } = await site.replace(configMaps, 'one', configMap('another'), 400);
    assert.equal(body.message, 'the name of the object (another) does not match the name on the URL (one)');
  });

  it('can not change the time of creation', async () => {
    const { body: old } = await site.create(configMaps, configMap('aged'));
    const young = configMap('aged', { creationTimestamp: '2001-01-01T00:00:00Z' }, { b: '2' });
    const { body } = await site.replace(configMaps, 'aged', young);
    assert.equal(body.metadata['creationTimestamp'], old.metadata['creationTimestamp']);
  });

  it('of a pod may change its image and hardly anything else', async () => {
    await site.create(pods, pod('fixed'));
    const image = { spec: { containers: [{ name: 'main', image: 'spark:4.2.1' }] } };
    await site.patch(pods, 'fixed', 'strategic', image);
    const { body } = await site.patch(pods, 'fixed', 'merge', { spec: { restartPolicy: 'Never' } }, 422);
    assert.match(body.message, /spec: Forbidden: pod updates may not change fields other than/u);
  });
});

describe('the generation', () => {
  it('begins at 1 and counts the changes of the spec alone', async () => {
    const { body: created } = await site.create(sparkApplications, application('counted'));
    const { body: labelled } = await site.patch(sparkApplications, 'counted', 'merge', {
      metadata: { labels: { team: 'blue' } },
    });
    const { body: changed } = await site.patch(sparkApplications, 'counted', 'merge', { spec: { mainClass: 'Other' } });
    assert.deepEqual(
      [created, labelled, changed].map(({ metadata }) => metadata.generation),
      [1, 1, 2],
    );
  });
});

describe('a namespace', () => {
  it('carries its own name as a label', async () => {
    const { body } = await site.get(namespaces, site.namespace);
    assert.equal(body.metadata.labels['kubernetes.io/metadata.name'], site.namespace);
  });
});
