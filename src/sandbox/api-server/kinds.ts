/** What Kubernetes does with its own kinds, as far as users meet it: defaults that it fills in, and light checks. */
import { canonicalJson, type JsonObject } from '../../pod/json.js';
import { type ApiObject, at, items, members, objects, text } from './objects.js';
import { type Cause, fault, invalidValue, Refusal } from './refusal.js';

interface Kind {
  /** Fills in what is absent; `object` is the caller's own copy. */
  complete?(object: ApiObject, now: string): void;
  faults?(object: ApiObject): Cause[];
  updateFaults?(before: ApiObject, after: ApiObject): Cause[];
  name?: NameRule;
}

type NameRule = readonly [pattern: string, limit: number, why: string];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const ending = 'must start and end with an alphanumeric character';
const hyphened = "must consist of lower case alphanumeric characters or '-'";
const example = (words: string, pattern: string) => `(e.g. ${words}, regex used for validation is '${pattern}')`;
// biome-ignore format: sentences
export const nameRules = {
  subdomain: [subdomain, 253, `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${ending} ${example("'example.com'", subdomain)}`],
  label: [label, 63, `a lowercase RFC 1123 label ${hyphened}, and ${ending} ${example("'my-name',  or '123-abc'", label)}`],
  service: ['[a-z]([-a-z0-9]*[a-z0-9])?', 63, `a DNS-1035 label ${hyphened}, start with an alphabetic character, and end with an alphanumeric character ${example("'my-name',  or 'abc-123'", '[a-z]([-a-z0-9]*[a-z0-9])?')}`],
  path: ['(?!\\.{1,2}$)[^/%]+', 253, "may not contain '/' or '%'"],
  labelValue: ['(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', 63, `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ending} ${example("'MyValue',  or 'my_value',  or '12345'", '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')}`],
} as const satisfies Record<string, NameRule>;

export function nameFaults(field: string, name: string, [pattern, limit, why]: NameRule): Cause[] {
  if (name.length > limit) return [invalidValue(field, name, `must be no more than ${limit} bytes`)];
  return new RegExp(`^(?:${pattern})$`, 'u').test(name) ? [] : [invalidValue(field, name, why)];
}

function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

function inside(object: JsonObject, field: string): JsonObject {
  const inner = members(object[field]);
  object[field] = inner;
  return inner;
}

function completePod(pod: ApiObject): void {
  const spec = inside(pod, 'spec');
  for (const container of [...objects(spec['containers']), ...objects(spec['initContainers'])]) {
    const isFixed = /:(?!latest$)[^/]*$|@/u.test(text(container['image']));
    const messages = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
    fill(container, { ...messages, imagePullPolicy: isFixed ? 'IfNotPresent' : 'Always', resources: {} });
    for (const port of objects(container['ports'])) fill(port, { protocol: 'TCP' });
  }
  const serviceAccountName = spec['serviceAccountName'] ?? 'default';
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
  });
  fill(spec, { schedulerName: 'default-scheduler', enableServiceLinks: true, serviceAccountName });
  fill(inside(pod, 'status'), { phase: 'Pending', qosClass: qualityOfService(objects(spec['containers'])) });
}

function qualityOfService(containers: readonly JsonObject[]): string {
  const resources = containers.map((container) => members(container['resources']));
  if (resources.every(({ limits, requests }) => limits === undefined && requests === undefined)) return 'BestEffort';
  const isGuaranteed = resources.every(({ limits, requests = limits }) =>
    ['cpu', 'memory'].every((unit) => at(limits, unit) !== undefined && at(limits, unit) === at(requests, unit)),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function podFaults({ spec }: ApiObject): Cause[] {
  if (items(at(spec, 'containers')).length === 0) return [fault('Required', 'spec.containers')];
  return ['initContainers', 'containers'].flatMap((list) =>
    objects(at(spec, list)).flatMap(({ name, image }, index) => {
      const path = `spec.${list}[${index}]`;
      const missing = Object.entries({ name, image }).filter(([, value]) => text(value) === '');
      const ill = text(name) === '' ? [] : nameFaults(`${path}.name`, text(name), nameRules.label);
      return [...ill, ...missing.map(([field]) => fault('Required', `${path}.${field}`))];
    }),
  );
}

const podUpdateFault = fault(
  'Forbidden',
  'spec',
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
);

/** Without what may change; a scheduler's binding is one such change. */
function fixedSpec({ spec }: ApiObject): string {
  const {
    containers,
    initContainers,
    activeDeadlineSeconds: _,
    tolerations: __,
    nodeName: ___,
    ...rest
  } = members(spec);
  const fixed = (list: unknown) => objects(list).map(({ image: ____, ...container }) => container);
  return canonicalJson({ ...rest, containers: fixed(containers), initContainers: fixed(initContainers) });
}

function completeDefinition(definition: ApiObject, now: string): void {
  const spec = inside(definition, 'spec');
  const names = inside(spec, 'names');
  const kind = text(names['kind']);
  fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
  fill(spec, { conversion: { strategy: 'None' } });
  if (at(spec, 'conversion', 'strategy') !== 'None')
    throw new Refusal(501, 'the sandbox does not convert custom resources by webhook');
  const holds = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  });
  const established = holds('Established', 'InitialNamesAccepted', 'the initial names have been accepted');
  const status = inside(definition, 'status');
  fill(status, { conditions: [holds('NamesAccepted', 'NoConflicts', 'no conflicts found'), established] });
  const storedVersions = objects(spec['versions'])
    .filter(({ storage }) => storage === true)
    .map(({ name }) => name);
  Object.assign(status, { acceptedNames: names, storedVersions });
}

function definitionFaults({ metadata, spec }: ApiObject): Cause[] {
  const name = `${text(at(spec, 'names', 'plural'))}.${text(at(spec, 'group'))}`;
  const schemaless = objects(at(spec, 'versions')).findIndex(
    (version) => at(version, 'schema', 'openAPIV3Schema') === undefined,
  );
  return [
    ...(metadata.name === name
      ? []
      : [invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...(schemaless < 0
      ? []
      : [fault('Required', `spec.versions[${schemaless}].schema.openAPIV3Schema`, 'schemas are required')]),
  ];
}

function completeWebhooks(configuration: ApiObject): void {
  for (const webhook of objects(configuration['webhooks'])) {
    if (items(webhook['matchConditions']).length > 0)
      throw new Refusal(501, 'the sandbox does not evaluate the CEL of matchConditions');
    fill(webhook, {
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      timeoutSeconds: 10,
      reinvocationPolicy: 'Never',
    });
    fill(webhook, { namespaceSelector: {}, objectSelector: {} });
    for (const rule of objects(webhook['rules'])) fill(rule, { scope: '*' });
  }
}

function completeNamespace(namespace: ApiObject): void {
  const { metadata } = namespace;
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  fill(inside(namespace, 'spec'), { finalizers: ['kubernetes'] });
  fill(inside(namespace, 'status'), { phase: 'Active' });
}

function completeService(service: ApiObject): void {
  const spec = inside(service, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  for (const port of objects(spec['ports'])) fill(port, { protocol: 'TCP', targetPort: port['port'] });
  fill(inside(service, 'status'), { loadBalancer: {} });
}

function assertTexts({ data }: ApiObject): void {
  if (Object.values(members(data)).every((value) => typeof value === 'string')) return;
  const why = 'json: cannot unmarshal into Go struct field ConfigMap.data of type string';
  throw new Refusal(400, `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`);
}

function completeSecret(secret: ApiObject): void {
  const plain = Object.entries(members(secret['stringData']));
  const encoded = plain.map(([key, value]) => [key, Buffer.from(text(value)).toString('base64')]);
  if (plain.length > 0) secret['data'] = { ...members(secret['data']), ...Object.fromEntries(encoded) };
  delete secret['stringData'];
  fill(secret, { type: 'Opaque' });
}

/** By the plural of the resource. */
export const kinds: Readonly<Record<string, Kind>> = {
  pods: {
    complete: completePod,
    faults: podFaults,
    updateFaults: (before, after) => (fixedSpec(before) === fixedSpec(after) ? [] : [podUpdateFault]),
  },
  namespaces: { name: nameRules.label, complete: completeNamespace },
  services: {
    name: nameRules.service,
    complete: completeService,
    faults: ({ spec }) =>
      items(at(spec, 'ports')).length > 0 || at(spec, 'clusterIP') === 'None' ? [] : [fault('Required', 'spec.ports')],
  },
  secrets: { complete: completeSecret },
  configmaps: { complete: assertTexts },
  customresourcedefinitions: { complete: completeDefinition, faults: definitionFaults },
  mutatingwebhookconfigurations: { complete: completeWebhooks },
  roles: { name: nameRules.path },
  rolebindings: { name: nameRules.path },
  clusterroles: { name: nameRules.path },
  clusterrolebindings: { name: nameRules.path },
};
