/** How an API server calls admission webhooks, by a registration of the test's own and the webhook server of Firesteel. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAuthority, issueLeaf, oneDay } from '../../certs/authority.js';
import { FiresteelError } from '../../src/errors.js';
import { isApiError } from '../../src/kube/api-error.js';
import { mutatingWebhookConfigurations, pods, resourcePath } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import type { Operation } from '../../src/pod/patch.js';
import { type Mutate, WebhookServer } from '../../webhook/server.js';
import { eventually } from '../e2e/eventually.js';
import { freePort } from '../e2e/free-port.js';
import { pod } from './bodies.js';
import { IntegrationSite } from './site.js';

const authority = await createAuthority({ now: Date.now(), lifetime: oneDay });
const certificate = await issueLeaf(authority, { now: Date.now(), lifetime: oneDay });

let site: IntegrationSite;
let nobody: string;
/** The labels of the pods that the patching webhook was asked about, in turn. */
const reviewed: string[] = [];

/** By the value of the label `hook` of the pods that ask for them. */
const mutations: Record<string, (pod: unknown) => Operation[]> = {
  patching: (given) => {
    reviewed.push(JSON.stringify(given));
    return [{ op: 'add', path: '/metadata/annotations', value: { patched: 'yes' } }];
  },
  denying: () => {
    throw new FiresteelError('ANNOTATION_INVALID', 'not like this');
  },
  failing: () => {
    throw new Error('out of order');
  },
  wrong: () => [{ op: 'remove', path: '/spec/none' }],
  again: (given) =>
    JSON.stringify(given).includes('"late":"yes"') ? [{ op: 'add', path: '/metadata/labels/seen', value: 'yes' }] : [],
  late: (given) =>
    JSON.stringify(given).includes('"late":"yes"') ? [] : [{ op: 'add', path: '/metadata/labels/late', value: 'yes' }],
};

before(async () => {
  site = await IntegrationSite.open('admission');
  nobody = `https://127.0.0.1:${await freePort()}`;
  const urls: Record<string, string> = {};
  for (const [name, mutate] of Object.entries(mutations)) urls[name] = await serve(mutate);
  const configuration = {
    metadata: { name: site.namespace },
    webhooks: [
      entry('patching', urls['patching']),
      entry('denying', urls['denying']),
      entry('failing', urls['failing']),
      entry('wrong', urls['wrong']),
      entry('untrusted', urls['patching'], {
        clientConfig: { url: `${urls['patching']}/mutate--v1-pod` },
      }),
      entry('again', urls['again'], { reinvocationPolicy: 'IfNeeded' }),
      entry('late', urls['late'], { objectSelector: { matchLabels: { hook: 'again' } } }),
      entry('ignored', nobody, { failurePolicy: 'Ignore' }),
      entry('elsewhere', nobody, {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'integration-elsewhere' } },
      }),
      entry('nobody', nobody),
    ],
  };
  await site.create(mutatingWebhookConfigurations, configuration);
  site.finally(() => site.remove(mutatingWebhookConfigurations, site.namespace));
  await eventually('the registration to be known', async () => {
    await site.create(pods, tagged('probe', 'nobody'), 500, { dryRun: 'All' });
    return true;
  });
});
after(() => site.close());

async function serve(operationsFor: (pod: unknown) => Operation[]): Promise<string> {
  const mutate: Mutate = (pod) => ({ patch: operationsFor(pod), warnings: [], applied: [] });
  const server = new WebhookServer({ mutate, certificate, host: '127.0.0.1', port: 0, logger: silentLogger });
  const { port } = await server.listen();
  site.finally(() => server.close());
  return `https://127.0.0.1:${port}`;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

const entry = (name: string, url: string | undefined, more: object = {}) => ({
  name: `${name}.example.io`,
  clientConfig: { url: `${url}/mutate--v1-pod`, caBundle: base64(authority.certificate) },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  objectSelector: { matchLabels: { hook: name } },
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': site.namespace } },
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  ...more,
});

const tagged = (name: string, hook: string) => pod(name, { labels: { hook } });

describe('a webhook', () => {
  it('patches the pods that its selector names', async () => {
    const { body } = await site.create(pods, tagged('patched', 'patching'));
    assert.equal(body.metadata.annotations['patched'], 'yes');
    assert.deepEqual((await site.get(pods, 'patched')).body.metadata.annotations, { patched: 'yes' });
  });

  it('is not asked about the others', async () => {
    const { body } = await site.create(pods, tagged('other', 'none'));
    assert.deepEqual(body.metadata.annotations, {});
    assert.ok(!reviewed.some((given) => given.includes('"name":"other"')));
  });

  it('is not asked about changes where it asks for creates', async () => {
    await site.create(pods, tagged('changed', 'patching'));
    const times = reviewed.length;
    await site.patch(pods, 'changed', 'merge', { metadata: { labels: { more: 'yes' } } });
    assert.equal(reviewed.length, times);
  });

  it('sees the pod with the defaults of the API server', async () => {
    await site.create(pods, tagged('completed', 'patching'));
    const given = reviewed.find((one) => one.includes('"name":"completed"')) ?? '';
    for (const part of ['"kind":"Pod"', '"restartPolicy":"Always"', '"terminationMessagePolicy":"File"'])
      assert.ok(given.includes(part), `${part} in ${given}`);
  });

  it('is asked in a dry run too, and nothing is stored', async () => {
    const { body } = await site.create(pods, tagged('dry', 'patching'), 201, { dryRun: 'All' });
    assert.equal(body.metadata.annotations['patched'], 'yes');
    await site.get(pods, 'dry', 404);
  });

  it('is asked about a server-side apply that creates', async () => {
    const { body } = await site.apply(pods, 'applied', tagged('applied', 'patching'), 201);
    assert.equal(body.metadata.annotations['patched'], 'yes');
  });

  it('is asked again when a later one changed the pod, where it wants that', async () => {
    const { body } = await site.create(pods, tagged('again', 'again'));
    assert.deepEqual(body.metadata.labels, { hook: 'again', late: 'yes', seen: 'yes' });
  });

  it('denies a pod with its own words', async () => {
    const { body } = await site.create(pods, tagged('denied', 'denying'), 403);
    assert.equal(body.message, 'admission webhook "denying.example.io" denied the request: not like this');
    await site.get(pods, 'denied', 404);
  });

  it('that fails denies the pod, for our own client as an ApiError', async () => {
    const path = resourcePath(pods, { namespace: site.namespace });
    const refused = site.client.request({ method: 'POST', path, body: tagged('failed', 'failing') });
    await assert.rejects(refused, (thrown) => isApiError(thrown, 500) && /out of order/u.test(thrown.detail));
  });

  it('whose patch can not be applied fails the create', async () => {
    await site.create(pods, tagged('wrong', 'wrong'), 500);
    await site.get(pods, 'wrong', 404);
  });
});

describe('a webhook that can not be reached', () => {
  it('fails the create, with the words of Go', async () => {
    const { body } = await site.create(pods, tagged('unreached', 'nobody'), 500);
    const { host } = new URL(nobody);
    assert.equal(body.reason, 'InternalError');
    assert.equal(
      body.message,
      `Internal error occurred: failed calling webhook "nobody.example.io": failed to call webhook: Post "${nobody}/mutate--v1-pod?timeout=10s": dial tcp ${host}: connect: connection refused`,
    );
  });

  it('is passed over where its policy is Ignore', async () => {
    await site.create(pods, tagged('ignored', 'ignored'));
  });

  it('does not matter to namespaces that it does not select', async () => {
    await site.create(pods, tagged('elsewhere', 'elsewhere'));
  });

  it('is one of an authority that the registration does not name', async () => {
    const { body } = await site.create(pods, tagged('untrusted', 'untrusted'), 500);
    assert.match(
      body.message,
      /^Internal error occurred: failed calling webhook "untrusted\.example\.io": failed to call/u,
    );
  });
});

describe('a registration', () => {
  it('gets the defaults that it does not say', async () => {
    const { body } = await site.get(mutatingWebhookConfigurations, site.namespace);
    const { failurePolicy, matchPolicy, timeoutSeconds, reinvocationPolicy } = Object(body['webhooks'])[0];
    assert.deepEqual(
      [failurePolicy, matchPolicy, timeoutSeconds, reinvocationPolicy],
      ['Fail', 'Equivalent', 10, 'Never'],
    );
  });
});
