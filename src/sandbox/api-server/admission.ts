/**
 * Mutating admission webhooks, called over HTTPS as kube-apiserver calls them: those whose rules and selectors match, in the
 * order of their names, and once more those with `reinvocationPolicy: IfNeeded` after which another changed the object.
 */
import jsonpatch from 'fast-json-patch';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { messageOf } from '../../errors.js';
import { Deadline } from '../../kube/deadline.js';
import type { Logger } from '../../log.js';
import { canonicalJson, cloneJsonObject } from '../../pod/json.js';
import { type ApiObject, apiObjectSchema } from './api-object.js';
import { at } from './json-reading.js';
import { internalError, Refusal } from './refusal.js';
import type { ServedResource } from './resource-table.js';
import { selectsLabels } from './selectors.js';

export interface AdmissionRequest {
  resource: ServedResource;
  subresource: string;
  operation: 'CREATE' | 'UPDATE';
  object: ApiObject;
  oldObject: ApiObject | undefined;
  dryRun: boolean;
  /** Of the object's namespace; undefined: it has none. */
  namespaceLabels: Readonly<Record<string, string>> | undefined;
}

const texts = z.array(z.string()).default([]);
const webhookSchema = z.looseObject({
  name: z.string(),
  clientConfig: z.looseObject({ url: z.string().optional(), caBundle: z.string().optional() }),
  rules: z
    .array(
      z.looseObject({ operations: texts, apiGroups: texts, apiVersions: texts, resources: texts, scope: z.string() }),
    )
    .default([]),
  failurePolicy: z.string(),
  matchPolicy: z.string(),
  reinvocationPolicy: z.string(),
  timeoutSeconds: z.number(),
});
type Webhook = z.output<typeof webhookSchema>;

const reviewSchema = z.object({
  response: z.object({
    uid: z.string(),
    allowed: z.boolean(),
    patch: z.string().optional(),
    warnings: texts,
    status: z
      .looseObject({ code: z.number().optional(), message: z.string().optional(), reason: z.string().optional() })
      .optional(),
  }),
});

const maximumAnswerBytes = 3 * 1024 * 1024;

export class Admission {
  readonly #configurations: () => ApiObject[];
  readonly #newUid: () => string;
  readonly #logger: Logger;

  constructor(options: { configurations: () => ApiObject[]; newUid: () => string; logger: Logger }) {
    this.#configurations = options.configurations;
    this.#newUid = options.newUid;
    this.#logger = options.logger;
  }

  /** The object as the webhooks want it. @throws {Refusal} when one denies it, or can not be asked */
  async mutate(asked: AdmissionRequest): Promise<{ object: ApiObject; warnings: string[] }> {
    const warnings: string[] = [];
    let object = asked.object;
    let again = new Set<Webhook>();
    const matching = this.#webhooks().filter((webhook) => matches(webhook, asked));
    const called = new Set<Webhook>();
    for (const round of [matching, undefined]) {
      const due: readonly Webhook[] = round ?? matching.filter((webhook) => again.has(webhook));
      for (const webhook of due) {
        const answer = await this.#call(webhook, { ...asked, object });
        warnings.push(...answer.warnings);
        if (canonicalJson(answer.object) !== canonicalJson(object)) {
          again = new Set([
            ...again,
            ...[...called].filter(({ reinvocationPolicy }) => reinvocationPolicy === 'IfNeeded'),
          ]);
          again.delete(webhook);
        }
        called.add(webhook);
        object = answer.object;
      }
    }
    return { object, warnings };
  }

  #webhooks(): Webhook[] {
    return this.#configurations().flatMap((configuration) =>
      z.array(webhookSchema).parse(configuration['webhooks'] ?? []),
    );
  }

  async #call(webhook: Webhook, asked: AdmissionRequest): Promise<{ object: ApiObject; warnings: string[] }> {
    const { name, failurePolicy } = webhook;
    try {
      const response = await this.#post(webhook, asked);
      if (!response.allowed) throw denial(name, response.status);
      const patch: unknown =
        response.patch === undefined ? [] : JSON.parse(Buffer.from(response.patch, 'base64').toString());
      const { newDocument } = jsonpatch.applyPatch(
        cloneJsonObject(asked.object),
        z.array(z.custom<jsonpatch.Operation>()).parse(patch),
        true,
      );
      return { object: apiObjectSchema.parse(newDocument), warnings: response.warnings };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const why = `failed calling webhook "${name}": failed to call webhook: ${messageOf(error)}`;
      this.#logger.warn({ webhook: name, failurePolicy }, why);
      if (failurePolicy === 'Ignore') return { object: asked.object, warnings: [] };
      throw internalError(why);
    }
  }

  async #post({ clientConfig, timeoutSeconds }: Webhook, asked: AdmissionRequest) {
    if (clientConfig.url === undefined)
      throw new Error('the sandbox reaches webhooks by clientConfig.url alone, not by a Service');
    const uid = this.#newUid();
    const url = new URL(clientConfig.url);
    url.searchParams.set('timeout', `${timeoutSeconds}s`);
    const ca = Buffer.from(clientConfig.caBundle ?? '', 'base64').toString();
    const dispatcher = new Agent({ connect: ca === '' ? {} : { ca }, maxResponseSize: maximumAnswerBytes });
    const deadline = new Deadline(timeoutSeconds * 1_000);
    try {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const body = JSON.stringify(review(uid, asked));
      const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal: deadline.signal });
      const json = await answer.body.text();
      if (answer.statusCode !== 200)
        throw new Error(`an error on the server has prevented the request from succeeding: HTTP ${answer.statusCode}`);
      const { response } = reviewSchema.parse(JSON.parse(json));
      if (response.uid !== uid) throw new Error(`expected response.uid="${uid}", got "${response.uid}"`);
      return response;
    } catch (error) {
      throw new Error(`Post "${url.href}": ${wordsOf(error, url)}`);
    } finally {
      deadline.release();
      await dispatcher.destroy();
    }
  }
}

/** In Go's words where they are often met. */
function wordsOf(error: unknown, { hostname, port }: URL): string {
  const code = at(error, 'code');
  const message = messageOf(error);
  if (code !== 'ECONNREFUSED') return message;
  return `dial tcp ${hostname}:${port}: connect: connection refused`;
}

function matches(
  webhook: Webhook,
  { resource, subresource, operation, object, oldObject, namespaceLabels }: AdmissionRequest,
) {
  if (resource.group === 'admissionregistration.k8s.io') return false;
  const among = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);
  const path = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
  const wildcards = subresource === '' ? ['*'] : ['*/*', `${resource.plural}/*`, `*/${subresource}`];
  const rule = webhook.rules.some(
    ({ operations, apiGroups, apiVersions, resources, scope }) =>
      among(operations, operation) &&
      among(apiGroups, resource.group) &&
      (webhook.matchPolicy === 'Equivalent' || among(apiVersions, resource.version)) &&
      [path, ...wildcards].some((one) => resources.includes(one)) &&
      (scope === '*' || scope === (resource.namespaced ? 'Namespaced' : 'Cluster')),
  );
  const selected = [object, oldObject].some(
    (one) => one !== undefined && selectsLabels(webhook['objectSelector'], one.metadata.labels),
  );
  return (
    rule && selected && (namespaceLabels === undefined || selectsLabels(webhook['namespaceSelector'], namespaceLabels))
  );
}

function review(
  uid: string,
  { resource, subresource, operation, object, oldObject = undefined, dryRun }: AdmissionRequest,
) {
  const { group, version, kind, plural } = resource;
  const names = { kind: { group, version, kind }, resource: { group, version, resource: plural } };
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      ...names,
      requestKind: names.kind,
      requestResource: names.resource,
      ...(subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }),
      name: object.metadata.name,
      namespace: object.metadata.namespace,
      operation,
      userInfo: { username: 'sandbox', groups: ['system:masters', 'system:authenticated'] },
      object,
      oldObject: oldObject ?? null,
      dryRun,
      options: { kind: operation === 'CREATE' ? 'CreateOptions' : 'UpdateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  };
}

function denial(
  name: string,
  status: { code?: number | undefined; message?: string | undefined; reason?: string | undefined } = {},
): Refusal {
  const why = status.message || status.reason;
  const words = why ? `denied the request: ${why}` : 'denied the request without explanation';
  const code = status.code !== undefined && status.code >= 400 ? status.code : 400;
  return new Refusal(code, status.reason ?? '', `admission webhook "${name}" ${words}`);
}
