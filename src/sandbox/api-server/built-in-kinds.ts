/** What Kubernetes does with its own kinds, as far as users meet it: defaults that it fills in, and light checks. */
import { canonicalJson, isJsonObject, type JsonObject } from '../../pod/json.js';
import type { ApiObject } from './api-object.js';
import { at, items, members, text } from './json-reading.js';
import { type Cause, forbiddenValue, invalidValue, notImplemented, required } from './refusal.js';

export interface Kind {
  /** Fills in what is absent; `object` is the caller's own copy. */
  complete?(object: ApiObject, now: string): void;
  faults?(object: ApiObject): Cause[];
  updateFaults?(before: ApiObject, after: ApiObject): Cause[];
  name?: NameRule;
}

interface NameRule {
  readonly pattern: RegExp;
  readonly why: string;
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = String.raw`${label}(\.${label})*`;

function nameRule(pattern: string, words: string, examples: string, limit: number): NameRule {
  const why = `${words} (e.g. ${examples}, regex used for validation is '${pattern}')`;
  return { pattern: new RegExp(`^(?=.{1,${limit}}$)${pattern}$`, 'u'), why };
}

const alphanumeric = 'must start and end with an alphanumeric character';
export const subdomainName = nameRule(
  subdomain,
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${alphanumeric}`,
  "'example.com'",
  253,
);
const labelName = nameRule(
  label,
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${alphanumeric}`,
  "'my-name',  or '123-abc'",
  63,
);
const serviceName = nameRule(
  '[a-z]([-a-z0-9]*[a-z0-9])?',
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "'my-name',  or 'abc-123'",
  63,
);
const pathSegment: NameRule = { pattern: /^(?!\.{1,2}$)[^/%]+$/u, why: "may not contain '/' or '%'" };

function fill(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

const objects = (value: unknown): JsonObject[] => items(value).filter(isJsonObject);
const inside = (object: JsonObject, field: string): JsonObject => {
  const inner = members(object[field]);
  object[field] = inner;
  return inner;
};

function completePod(pod: ApiObject): void {
  const spec = inside(pod, 'spec');
  for (const container of [...objects(spec['containers']), ...objects(spec['initContainers'])]) {
    const usesLatest = !/:(?!latest$)[^/]*$|@/u.test(text(container['image']));
    fill(container, {
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: usesLatest ? 'Always' : 'IfNotPresent',
      resources: {},
    });
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
  if (resources.every((one) => one['limits'] === undefined && one['requests'] === undefined)) return 'BestEffort';
  const isGuaranteed = resources.every(({ limits, requests = limits }) =>
    ['cpu', 'memory'].every((unit) => at(limits, unit) !== undefined && at(limits, unit) === at(requests, unit)),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function podFaults({ spec }: ApiObject): Cause[] {
  if (items(at(spec, 'containers')).length === 0) return [required('spec.containers')];
  return ['initContainers', 'containers'].flatMap((list) =>
    objects(at(spec, list)).flatMap(({ name, image }, index) => {
      const path = `spec.${list}[${index}]`;
      const nameFaults =
        text(name) === '' ? [required(`${path}.name`)] : nameFault(`${path}.name`, text(name), labelName);
      return [...nameFaults, ...(text(image) === '' ? [required(`${path}.image`)] : [])];
    }),
  );
}

export function nameFault(field: string, name: string, { pattern, why }: NameRule): Cause[] {
  return pattern.test(name) ? [] : [invalidValue(field, name, why)];
}

/** What may still change in a pod's spec is taken out of both sides. */
function fixedSpec({ spec }: ApiObject): string {
  const {
    containers,
    initContainers,
    activeDeadlineSeconds: _,
    tolerations: __,
    nodeName: ___,
    ...rest
  } = members(spec);
  const fixed = (list: unknown) => objects(list).map(({ image: _image, ...container }) => container);
  return canonicalJson({ ...rest, containers: fixed(containers), initContainers: fixed(initContainers) });
}

const fixedPodFields =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function completeDefinition(definition: ApiObject, now: string): void {
  const spec = inside(definition, 'spec');
  const names = inside(spec, 'names');
  fill(names, { singular: text(names['kind']).toLowerCase(), listKind: `${text(names['kind'])}List` });
  fill(spec, { conversion: { strategy: 'None' } });
  if (at(spec, 'conversion', 'strategy') !== 'None')
    throw notImplemented('does not convert custom resources by webhook');
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  });
  const stored = objects(spec['versions']).filter(({ storage }) => storage === true);
  const status = inside(definition, 'status');
  fill(status, {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
  });
  Object.assign(status, { acceptedNames: names, storedVersions: stored.map(({ name }) => name) });
}

function definitionFaults({ metadata, spec }: ApiObject): Cause[] {
  const name = `${text(at(spec, 'names', 'plural'))}.${text(at(spec, 'group'))}`;
  const schemaless = objects(at(spec, 'versions')).findIndex(
    (version) => !isJsonObject(at(version, 'schema', 'openAPIV3Schema')),
  );
  return [
    ...(metadata.name === name
      ? []
      : [invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]),
    ...(schemaless < 0
      ? []
      : [required(`spec.versions[${schemaless}].schema.openAPIV3Schema`, 'schemas are required')]),
  ];
}

function completeWebhooks(configuration: ApiObject): void {
  for (const webhook of objects(configuration['webhooks'])) {
    if (items(webhook['matchConditions']).length > 0)
      throw notImplemented('does not evaluate the CEL of matchConditions');
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

/** By the plural of the resource. */
export const builtInKinds: Readonly<Record<string, Kind>> = {
  pods: {
    complete: completePod,
    faults: podFaults,
    updateFaults: (before, after) =>
      fixedSpec(before) === fixedSpec(after) ? [] : [forbiddenValue('spec', fixedPodFields)],
  },
  namespaces: {
    name: labelName,
    complete(namespace) {
      namespace.metadata.labels = {
        ...namespace.metadata.labels,
        'kubernetes.io/metadata.name': namespace.metadata.name,
      };
      fill(inside(namespace, 'spec'), { finalizers: ['kubernetes'] });
      fill(inside(namespace, 'status'), { phase: 'Active' });
    },
  },
  services: {
    name: serviceName,
    complete(service) {
      const spec = inside(service, 'spec');
      fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
      for (const port of objects(spec['ports'])) fill(port, { protocol: 'TCP', targetPort: port['port'] });
      inside(service, 'status')['loadBalancer'] ??= {};
    },
    faults: ({ spec }) =>
      items(at(spec, 'ports')).length > 0 || at(spec, 'clusterIP') === 'None' ? [] : [required('spec.ports')],
  },
  secrets: {
    complete(secret) {
      const plain = Object.entries(members(secret['stringData']));
      const encoded = plain.map(([key, value]) => [key, Buffer.from(text(value)).toString('base64')]);
      if (plain.length > 0) secret['data'] = { ...members(secret['data']), ...Object.fromEntries(encoded) };
      delete secret['stringData'];
      fill(secret, { type: 'Opaque' });
    },
  },
  configmaps: {
    faults: ({ data }) =>
      Object.entries(members(data)).flatMap(([key, value]) =>
        typeof value === 'string' ? [] : [invalidValue(`data.${key}`, value, 'must be a string')],
      ),
  },
  customresourcedefinitions: { complete: completeDefinition, faults: definitionFaults },
  mutatingwebhookconfigurations: { complete: completeWebhooks },
  roles: { name: pathSegment },
  rolebindings: { name: pathSegment },
  clusterroles: { name: pathSegment },
  clusterrolebindings: { name: pathSegment },
};
