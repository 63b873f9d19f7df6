/**
 * Mutating admission webhooks, called over HTTPS as kube-apiserver calls them: those whose rules and selectors match, in the
 * order of their names, and once more those with `reinvocationPolicy: IfNeeded` after which another changed the object.
 */
import jsonpatch from 'fast-json-patch';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { Deadline } from '../../kube/deadline.js';
import { canonicalJson, cloneJsonObject } from '../../pod/json.js';
import { type ApiObject, at, objectSchema } from './objects.js';
import { Refusal } from './refusal.js';
import { selectsLabels } from './selectors.js';
import { newUid, type Target, type World } from './world.js';

export interface AdmissionRequest extends Target {
  readonly object: ApiObject;
  /** Of an update. */
  readonly oldObject?: ApiObject | undefined;
  readonly dryRun: boolean;
  /** Of the object's namespace; undefined: it has none. */
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
}

const texts = z.array(z.string()).default([]);
const ruleSchema = z.object({
  operations: texts,
  apiGroups: texts,
  apiVersions: texts,
  resources: texts,
  scope: z.string(),
});
const webhookSchema = z.looseObject({
  name: z.string(),
  clientConfig: z.object({ url: z.string().optional(), caBundle: z.string().default('') }),
  rules: z.array(ruleSchema).default([]),
  failurePolicy: z.string(),
  matchPolicy: z.string(),
  reinvocationPolicy: z.string(),
  timeoutSeconds: z.number(),
});
type Webhook = z.output<typeof webhookSchema>;

const denialSchema = z.object({
  code: z.number().default(0),
  message: z.string().default(''),
  reason: z.string().default(''),
});
const responseSchema = z.object({
  uid: z.string(),
  allowed: z.boolean(),
  patch: z.string().optional(),
  warnings: texts,
  status: denialSchema.prefault({}),
});
const reviewSchema = z.object({ response: responseSchema });
const patchSchema = z.array(z.custom<jsonpatch.Operation>((one) => at(one, 'op') !== undefined));

interface Admitted {
  object: ApiObject;
  warnings: string[];
}

const maximumAnswerBytes = 3 * 1024 * 1024;

/** The object as the webhooks want it. @throws {Refusal} when one denies it, or can not be asked */
export async function admit(world: World, asked: AdmissionRequest): Promise<Admitted> {
  const configurations = world.storage.list('admissionregistration.k8s.io/mutatingwebhookconfigurations');
  const all = configurations.flatMap(({ webhooks }) => z.array(webhookSchema).parse(webhooks ?? []));
  const matching = all.filter((webhook) => matches(webhook, asked));
  const admitted: Admitted = { object: asked.object, warnings: [] };
  const called = new Set<Webhook>();
  let again = new Set<Webhook>();
  const callInTurn = async (webhooks: readonly Webhook[]) => {
    for (const webhook of webhooks) {
      const { object, warnings } = await call(world, webhook, { ...asked, object: admitted.object });
      if (canonicalJson(object) !== canonicalJson(admitted.object)) again = new Set(called);
      called.add(webhook);
      admitted.object = object;
      admitted.warnings.push(...warnings);
    }
  };
  await callInTurn(matching);
  await callInTurn(matching.filter((webhook) => again.has(webhook) && webhook.reinvocationPolicy === 'IfNeeded'));
  return admitted;
}

function matches(
  webhook: Webhook,
  { resource, subresource, object, oldObject, namespaceLabels }: AdmissionRequest,
): boolean {
  const { group, version, plural, namespaced } = resource;
  if (group === 'admissionregistration.k8s.io') return false;
  const among = (list: readonly string[], ...values: string[]) =>
    ['*', ...values].some((value) => list.includes(value));
  const paths = subresource === '' ? [plural] : [`${plural}/${subresource}`, `${plural}/*`, `*/${subresource}`, '*/*'];
  const isAskedFor = webhook.rules.some(
    ({ operations, apiGroups, apiVersions, resources, scope }) =>
      among(operations, oldObject === undefined ? 'CREATE' : 'UPDATE') &&
      among(apiGroups, group) &&
      (webhook.matchPolicy === 'Equivalent' || among(apiVersions, version)) &&
      (subresource === '' ? among(resources, ...paths) : paths.some((path) => resources.includes(path))) &&
      among([scope], namespaced ? 'Namespaced' : 'Cluster'),
  );
  const isSelected = [object, oldObject].some(
    (one) => one && selectsLabels(webhook['objectSelector'], one.metadata.labels),
  );
  return (
    isAskedFor &&
    isSelected &&
    (namespaceLabels === undefined || selectsLabels(webhook['namespaceSelector'], namespaceLabels))
  );
}

async function call(world: World, webhook: Webhook, asked: AdmissionRequest): Promise<Admitted> {
  const { name, failurePolicy } = webhook;
  try {
    const { allowed, status, patch, warnings } = await post(webhook, asked, newUid(world));
    if (!allowed) throw denial(name, status);
    const operations = patchSchema.parse(
      patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString()),
    );
    const { newDocument } = jsonpatch.applyPatch(cloneJsonObject(asked.object), operations, true);
    return { object: objectSchema.parse(newDocument), warnings };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const why = `failed calling webhook "${name}": failed to call webhook: ${messageOf(error)}`;
    world.logger.warn({ webhook: name, failurePolicy }, why);
    if (failurePolicy === 'Ignore') return { object: asked.object, warnings: [] };
    throw new Refusal(500, `Internal error occurred: ${why}`, { causes: [{ message: why }] });
  }
}

async function post({ clientConfig, timeoutSeconds }: Webhook, asked: AdmissionRequest, uid: string) {
  if (clientConfig.url === undefined)
    throw new Error('the sandbox reaches webhooks by clientConfig.url alone, not by a Service');
  const url = new URL(clientConfig.url);
  url.searchParams.set('timeout', `${timeoutSeconds}s`);
  const ca = Buffer.from(clientConfig.caBundle, 'base64').toString();
  const dispatcher = new Agent({ connect: ca === '' ? {} : { ca }, maxResponseSize: maximumAnswerBytes });
  const deadline = new Deadline(timeoutSeconds * 1_000);
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const body = JSON.stringify(review(uid, asked));
    const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal: deadline.signal });
    const json = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`the answer is HTTP ${answer.statusCode}`);
    const { response } = reviewSchema.parse(JSON.parse(json));
    if (response.uid !== uid) throw new Error(`expected response.uid="${uid}", got "${response.uid}"`);
    return response;
  } catch (error) {
    // The one fault that is met every day has the words of a real server.
    const isRefused = at(error, 'code') === 'ECONNREFUSED';
    const why = isRefused ? `dial tcp ${url.host}: connect: connection refused` : messageOf(error);
    throw new Error(`Post "${url.href}": ${why}`);
  } finally {
    deadline.release();
    await dispatcher.destroy();
  }
}

function review(uid: string, { resource, subresource, name, namespace, object, oldObject, dryRun }: AdmissionRequest) {
  const { group, version } = resource;
  const kind = { group, version, kind: resource.kind };
  const plural = { group, version, resource: resource.plural };
  const names = { kind, requestKind: kind, resource: plural, requestResource: plural, name, namespace };
  const below = subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource };
  const userInfo = { username: 'sandbox', groups: ['system:masters', 'system:authenticated'] };
  const operation = oldObject === undefined ? 'CREATE' : 'UPDATE';
  const content = { operation, userInfo, object, oldObject: oldObject ?? null, dryRun };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: { uid, ...names, ...below, ...content },
  };
}

function denial(name: string, { code, message, reason }: z.output<typeof denialSchema>): Refusal {
  const why = message || reason;
  const words = why === '' ? 'denied the request without explanation' : `denied the request: ${why}`;
  return new Refusal(code < 400 ? 400 : code, `admission webhook "${name}" ${words}`, {}, reason);
}
