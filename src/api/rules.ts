/** The rules of the CRD of SparkApplication, place by place. Adding one is adding a row. */
import { isDeepStrictEqual } from 'node:util';
import { annotationRules, labelRules, sparkConfRules } from './denied-properties.js';
import { volume } from './kubernetes-types.js';
import { type Role, roles } from './labels.js';
import type { Problem } from './problem.js';
import { type Given, place, type Rule, type RuledPlace, single } from './rule.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';
import { sparkVersionText, versionInTagPattern } from './spark-version-text.js';

/** What the rules look at: the spec as its schema has it, without its empty texts. */
export interface RuledApplication {
  readonly name: string;
  readonly spec: SparkApplicationSpec;
}

const hasText = (owner: string, field: string) => `(has(${owner}.${field}) && ${owner}.${field} != '')`;

/**
 * Conditions of the spec in CEL. Texts that may be empty count as left out then. `has` rather than optional values, whose
 * size CEL does not bound, so that the cost of searching them would be beyond its budget.
 */
const cel = {
  hasImage: hasText('self', 'image'),
  hasDriverImage: `has(self.driver) && ${hasText('self.driver', 'image')}`,
  hasExecutorImage: `has(self.executor) && ${hasText('self.executor', 'image')}`,
  hasSparkVersion: hasText('self', 'sparkVersion'),
  hasMainClass: hasText('self', 'mainClass'),
  selectsNodes: (owner: string) => `(has(${owner}.nodeSelector) && size(${owner}.nodeSelector) > 0)`,
} as const;

/** RFC 1035 label. Services and most labels are named after the application. */
const nameRule: Rule<RuledApplication> = {
  cel: "oldSelf.hasValue() || (size(self.metadata.name) <= 63 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$'))",
  holds: ({ name }) => name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
  message:
    'invalid SparkApplication name: use at most 63 lower-case letters, digits and dashes, starting with a letter and ending with a letter or digit',
  field: ['metadata', 'name'],
  passes: () => true,
};

/** `<application>-driver-<port>`, a Service. */
const ingressNameRule: Rule<RuledApplication> = {
  cel:
    '!has(self.spec.driverIngressOptions) || ' +
    'self.spec.driverIngressOptions.all(o, size(self.metadata.name) + size(string(o.servicePort)) <= 55) || ' +
    '(oldSelf.hasValue() && has(oldSelf.value().spec.driverIngressOptions) && ' +
    'oldSelf.value().spec.driverIngressOptions == self.spec.driverIngressOptions)',
  holds: ({ name, spec }) =>
    (spec.driverIngressOptions ?? []).every(({ servicePort }) => name.length + String(servicePort).length <= 55),
  message:
    'the Service <application>-driver-<port> would have a name of over 63 characters; use a shorter metadata.name',
  field: ['spec', 'driverIngressOptions'],
  passes: (old, { spec }) => isDeepStrictEqual(old.spec.driverIngressOptions, spec.driverIngressOptions),
};

function selectsNodes(spec: SparkApplicationSpec, role: Role): boolean {
  return Object.keys(spec[role]?.nodeSelector ?? {}).length > 0;
}

const specRules: readonly Rule<SparkApplicationSpec>[] = [
  {
    cel: "!has(self.mode) || self.mode != 'client'",
    holds: ({ mode }) => mode !== 'client',
    message: 'client is not supported: the driver would run inside the operator; use cluster',
    field: ['mode'],
  },
  {
    cel: `${cel.hasImage} || (${cel.hasDriverImage} && ${cel.hasExecutorImage})`,
    holds: ({ image, driver, executor }) => Boolean(image || (driver?.image && executor?.image)),
    message: 'required, unless driver.image and executor.image are both set',
    field: ['image'],
  },
  {
    cel:
      `${cel.hasSparkVersion} || (${cel.hasDriverImage} ? self.driver.image.matches('${versionInTagPattern}') : ` +
      `(!${cel.hasImage} || self.image.matches('${versionInTagPattern}')))`,
    holds: (spec) => sparkVersionText(spec) !== undefined || !(spec.driver?.image || spec.image),
    message: 'required, because the tag of the image does not say it; add sparkVersion: "4.1.4", say',
    field: ['sparkVersion'],
  },
  {
    cel: "!has(self.sparkVersion) || !self.sparkVersion.matches('^0*[0-2][.]')",
    holds: ({ sparkVersion = '' }) => !/^0*[0-2][.]/.test(sparkVersion),
    message: 'Spark before 3.0 is not supported: it has neither pod templates nor the resources used here',
    field: ['sparkVersion'],
  },
  {
    // As spark-submit tells scripts from jars (SparkSubmit.isPython, isR), whatever the type says.
    cel: `${cel.hasMainClass} || self.mainApplicationFile.matches('[.](py|[rR])$')`,
    holds: ({ mainClass, mainApplicationFile }) => Boolean(mainClass) || /[.](py|[rR])$/.test(mainApplicationFile),
    message: 'required, unless mainApplicationFile ends in .py or .R: Spark can not read it from a jar that it has not',
    field: ['mainClass'],
  },
  {
    cel:
      `!${cel.selectsNodes('self')} || (!(has(self.driver) && ${cel.selectsNodes('self.driver')}) && ` +
      `!(has(self.executor) && ${cel.selectsNodes('self.executor')}))`,
    holds: (spec) =>
      Object.keys(spec.nodeSelector ?? {}).length === 0 || !roles.some((role) => selectsNodes(spec, role)),
    message: 'node selectors at both levels: set it here, or in driver and executor',
    field: ['nodeSelector'],
  },
  ...roles.map(mountRule),
];

/** Where there is a pod template, the volume may be one of its own. */
function mountRule(role: Role): Rule<SparkApplicationSpec> {
  return {
    cel:
      `!has(self.${role}) || has(self.${role}.template) || !has(self.${role}.volumeMounts) || ` +
      `self.${role}.volumeMounts.all(m, has(self.volumes) && self.volumes.exists(v, v.name == m.name))`,
    holds: (spec) => {
      const declared = new Set((spec.volumes ?? []).map(({ name }) => name));
      const { template, volumeMounts = [] } = spec[role] ?? {};
      return template !== undefined || volumeMounts.every(({ name }) => declared.has(name));
    },
    message: `each mount of the ${role} must name a volume of spec.volumes`,
    field: [role, 'volumeMounts'],
  };
}

type Volume = NonNullable<SparkApplicationSpec['volumes']>[number];

const volumeSources = Object.keys(volume.shape).filter((field) => field !== 'name');

const volumeRules: readonly Rule<Volume>[] = [
  {
    cel: `[${volumeSources.map((source) => `has(self.${source})`).join(', ')}].filter(given, given).size() <= 1`,
    // None is an emptyDir.
    holds: (value) => Object.keys(value).filter((field) => field !== 'name').length <= 1,
    message: 'a volume is of one kind; split it in several',
  },
];

const dynamicAllocationRules: readonly Rule<NonNullable<SparkApplicationSpec['dynamicAllocation']>>[] = [
  {
    cel:
      '!has(self.enabled) || !self.enabled || !has(self.minExecutors) || !has(self.maxExecutors) || ' +
      'self.minExecutors <= self.maxExecutors',
    holds: ({ enabled = false, minExecutors, maxExecutors }) =>
      !enabled || minExecutors === undefined || maxExecutors === undefined || minExecutors <= maxExecutors,
    message: 'must not be more than maxExecutors',
    field: ['minExecutors'],
  },
];

const driverIngressRules: readonly Rule<NonNullable<SparkApplicationSpec['driverIngressOptions']>>[] = [
  {
    cel: 'self.all(a, self.exists_one(b, a.ingressURLFormat == b.ingressURLFormat))',
    holds: (options) => new Set(options.map(({ ingressURLFormat }) => ingressURLFormat)).size === options.length,
    message: 'each ingressURLFormat must be another one',
  },
];

export const ruledPlaces: readonly RuledPlace<RuledApplication>[] = [
  place([], [nameRule, ingressNameRule], (application) => [{ path: [], value: application }]),
  place(['spec'], specRules, ({ spec }) => single(['spec'], spec)),
  place(['spec', 'sparkConf'], sparkConfRules, ({ spec }) => single(['spec', 'sparkConf'], spec.sparkConf)),
  place(['spec', 'volumes', '*'], volumeRules, ({ spec }) =>
    (spec.volumes ?? []).map((value, index) => ({ path: ['spec', 'volumes', index], value, unit: spec.volumes })),
  ),
  place(['spec', 'dynamicAllocation'], dynamicAllocationRules, ({ spec }) =>
    single(['spec', 'dynamicAllocation'], spec.dynamicAllocation),
  ),
  place(['spec', 'driverIngressOptions'], driverIngressRules, ({ spec }) =>
    single(['spec', 'driverIngressOptions'], spec.driverIngressOptions),
  ),
  ...roles.flatMap((role) => [
    place(['spec', role, 'labels'], labelRules, ({ spec }: RuledApplication) =>
      single(['spec', role, 'labels'], spec[role]?.labels),
    ),
    place(['spec', role, 'annotations'], annotationRules, ({ spec }: RuledApplication) =>
      single(['spec', role, 'annotations'], spec[role]?.annotations),
    ),
  ]),
];

export function ruleProblems(application: RuledApplication, given?: Given<RuledApplication>): Problem[] {
  return ruledPlaces.flatMap(({ problems }) => problems(application, given));
}
