/** Mutating webhooks as the embedded API server calls them: over HTTPS, by rules and selectors, and again where needed. */
import assert from 'node:assert/strict';
import { after, afterEach, before, it } from 'node:test';
import { z } from 'zod';
import { answerJson, type LoopbackServer, loopbackServer } from '../kube/loopback-server.js';
import { authority, leaf, type TestCertificate } from '../kube/test-authority.js';
import { ApiServerSite, configMap, configMaps, pod, pods } from './api-server-site.js';

const registrations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const reviewSchema = z.object({
  request: z.looseObject({
    uid: z.string(),
    operation: z.string(),
    dryRun: z.boolean(),
    object: z.looseObject({ data: z.record(z.string(), z.string()).default({}) }),
  }),
});
type Review = z.output<typeof reviewSchema>['request'];

let site: ApiServerSite;
let ca: TestCertificate;
let webhook: LoopbackServer;
let reviews: (Review & { path: string })[] = [];
let respond: (path: string, review: Review) => object;

before(async () => {
  site = await ApiServerSite.open();
  ca = authority();
  const { certificate: cert, key } = leaf('127.0.0.1');
  webhook = await loopbackServer(
    (request, response, body) => {
      const { request: review } = reviewSchema.parse(JSON.parse(body));
      const path = new URL(request.url ?? '', 'https://x').pathname;
      reviews.push({ ...review, path });
      answerJson(response, {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.uid, ...respond(path, review) },
      });
    },
    { cert, key },
  );
});
after(async () => {
  await webhook.close();
  await site.close();
});
afterEach(async () => {
  await site.send('DELETE', registrations, undefined, 200);
  await site.send('DELETE', configMaps, undefined, 200);
  reviews = [];
});

const patch = (...operations: object[]) => ({
  allowed: true,
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});

async function register(name: string, more: object = {}, url = `${webhook.url}/${name}`): Promise<void> {
  const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] }];
  const clientConfig = { url, caBundle: Buffer.from(ca.certificate).toString('base64') };
  const entry = {
    name: `${name}.example.io`,
    clientConfig,
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    ...more,
  };
  await site.send('POST', registrations, { metadata: { name }, webhooks: [entry] }, 201);
}

it('applies the patch of a webhook that is asked, for creates and updates', async () => {
  respond = () => patch({ op: 'add', path: '/data/added', value: 'yes' });
  await register('patching');
  const { body } = await site.send('POST', configMaps, configMap('patched'), 201);
  assert.deepEqual(body['data'], { a: '1', added: 'yes' });
  await site.patch(`${configMaps}/patched`, 'merge', { data: { added: 'no' } }, 200);
  assert.deepEqual(
    reviews.map(({ operation }) => operation),
    ['CREATE', 'UPDATE'],
  );
});

it('tells the webhook of a dry run', async () => {
  respond = () => ({ allowed: true });
  await register('dry');
  await site.send('POST', `${configMaps}?dryRun=All`, configMap('dry'), 201);
  assert.equal(reviews[0]?.dryRun, true);
});

it('asks only for what rules and selectors name', async () => {
  respond = () => ({ allowed: true });
  await register('selective', {
    objectSelector: { matchLabels: { hook: 'yes' } },
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
    },
  });
  await site.send('POST', configMaps, configMap('plain'), 201);
  await site.send('POST', pods, pod('other-kind', {}, { labels: { hook: 'yes' } }), 201);
  await site.send(
    'POST',
    '/api/v1/namespaces/kube-system/configmaps',
    configMap('elsewhere', { labels: { hook: 'yes' } }),
    201,
  );
  assert.equal(reviews.length, 0);
  await site.send('POST', configMaps, configMap('labelled', { labels: { hook: 'yes' } }), 201);
  assert.equal(reviews.length, 1);
});

it('refuses with the code and the words of the webhook', async () => {
  respond = () => ({ allowed: false, status: { code: 422, message: 'not like this' } });
  await register('denying');
  const { body } = await site.send('POST', configMaps, configMap('denied'), 422);
  assert.equal(body.message, 'admission webhook "denying.example.io" denied the request: not like this');
  respond = () => ({ allowed: false });
  const silent = await site.send('POST', configMaps, configMap('denied'), 400);
  assert.equal(silent.body.message, 'admission webhook "denying.example.io" denied the request without explanation');
});

it('asks an earlier webhook again when a later one changed the object, if it wants that', async () => {
  const next = (review: Review, key: string) =>
    patch({ op: 'add', path: `/data/${key}`, value: String(Object.keys(review.object.data).length) });
  respond = (path, review) =>
    path === '/b' ? patch({ op: 'add', path: '/data/b', value: 'x' }) : next(review, 'seen');
  await register('a', { reinvocationPolicy: 'IfNeeded' });
  await register('b');
  const { body } = await site.send('POST', configMaps, configMap('again'), 201);
  assert.deepEqual(
    reviews.map(({ path }) => path),
    ['/a', '/b', '/a'],
  );
  assert.deepEqual(body['data'], { a: '1', seen: '3', b: 'x' });
});

it('fails, or goes on, as the policy says when no webhook answers', async () => {
  const nobody = 'https://127.0.0.1:1/x';
  await register('ignored', { failurePolicy: 'Ignore' }, nobody);
  await site.send('POST', configMaps, configMap('ignored'), 201);
  await register('missing', {}, nobody);
  const { body } = await site.send('POST', configMaps, configMap('failed'), 500);
  assert.equal(
    body.message,
    'Internal error occurred: failed calling webhook "missing.example.io": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

it('trusts only the authority of the registration', async () => {
  await register('untrusted', { clientConfig: { url: `${webhook.url}/x` } });
  await site.send('POST', configMaps, configMap('untrusted'), 500);
  assert.equal(reviews.length, 0);
});

it('does not pretend to evaluate match conditions', async () => {
  const webhooks = [
    { name: 'c.example.io', clientConfig: { url: webhook.url }, matchConditions: [{ name: 'c', expression: 'true' }] },
  ];
  const { body } = await site.send('POST', registrations, { metadata: { name: 'cel' }, webhooks }, 501);
  assert.match(body.message, /does not evaluate the CEL/u);
});
