/** The rules of the CRD of SparkApplication, place by place. Adding one is adding a row. */
import { isDeepStrictEqual } from 'node:util';
import { annotationRules, labelRules, sparkConfRules } from './denied-properties.js';
import { volume } from './kubernetes-types.js';
import { type Role, roles } from './labels.js';
import type { Problem } from './problem.js';
import { type Given, place, type Rule, type RuledPlace, rule, single, standingRule } from './rule.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';
import { sparkVersionText, versionInTagPattern } from './spark-version-text.js';

/** What the rules look at: the spec as its schema has it, without its empty texts. */
export interface RuledApplication {
  readonly name: string;
  readonly spec: SparkApplicationSpec;
}

/**
 * Conditions in CEL. Texts that may be empty count as left out then. `has` rather than optional values, whose size CEL does not
 * bound, so that the cost of searching them would be beyond its budget.
 */
const hasText = (owner: string, field: string) => `(has(${owner}.${field}) && ${owner}.${field} != '')`;
const roleHasImage = (self: string, role: Role) => `(has(${self}.${role}) && ${hasText(`${self}.${role}`, 'image')})`;
const selectsNodesInCel = (owner: string) => `(has(${owner}.nodeSelector) && size(${owner}.nodeSelector) > 0)`;
const tellsVersion = (image: string) => `${image}.matches('${versionInTagPattern}')`;

/** RFC 1035 label. Services and most labels are named after the application. */
const nameRule: Rule<RuledApplication> = rule({
  cel: "oldSelf.hasValue() || (size(self.metadata.name) <= 63 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$'))",
  // No object changes its name.
  passes: () => true,
  holds: ({ name }) => name.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
  message:
    'invalid SparkApplication name: use at most 63 lower-case letters, digits and dashes, starting with a letter and ending with a letter or digit',
  field: ['metadata', 'name'],
});

/** `<application>-driver-<port>`, a Service. */
const ingressNameRule: Rule<RuledApplication> = rule({
  cel:
    '!has(self.spec.driverIngressOptions) || self.spec.driverIngressOptions.all(o, ' +
    '!has(o.servicePort) || size(self.metadata.name) + size(string(o.servicePort)) <= 55) || ' +
    '(oldSelf.hasValue() && has(oldSelf.value().spec.driverIngressOptions) && ' +
    'oldSelf.value().spec.driverIngressOptions == self.spec.driverIngressOptions)',
  passes: ({ spec }, old) => isDeepStrictEqual(spec.driverIngressOptions, old.spec.driverIngressOptions),
  holds: ({ name, spec }) =>
    (spec.driverIngressOptions ?? []).every(({ servicePort }) => name.length + String(servicePort).length <= 55),
  message:
    'the Service <application>-driver-<port> would have a name of over 63 characters; use a shorter metadata.name',
  field: ['spec', 'driverIngressOptions'],
});

function selectsNodes(spec: SparkApplicationSpec, role: Role): boolean {
  return Object.keys(spec[role]?.nodeSelector ?? {}).length > 0;
}

const specRules: readonly Rule<SparkApplicationSpec>[] = [
  standingRule({
    cel: (self) =>
      `${hasText(self, 'image')} || (${roleHasImage(self, 'driver')} && ${roleHasImage(self, 'executor')})`,
    holds: ({ image, driver, executor }) => Boolean(image || (driver?.image && executor?.image)),
    message: 'required, unless driver.image and executor.image are both set',
    field: ['image'],
  }),
  standingRule({
    cel: (self) =>
      `${hasText(self, 'sparkVersion')} || (${roleHasImage(self, 'driver')} ? ${tellsVersion(`${self}.driver.image`)} : ` +
      `(!${hasText(self, 'image')} || ${tellsVersion(`${self}.image`)}))`,
    holds: (spec) => sparkVersionText(spec) !== undefined || !(spec.driver?.image || spec.image),
    message: 'required, because the tag of the image does not say it; add sparkVersion: "4.1.4", say',
    field: ['sparkVersion'],
  }),
  standingRule({
    // As spark-submit tells scripts from jars (SparkSubmit.isPython, isR), whatever the type says.
    cel: (self) =>
      `${hasText(self, 'mainClass')} || !has(${self}.mainApplicationFile) || ` +
      `${self}.mainApplicationFile.matches('[.](py|[rR])$')`,
    holds: ({ mainClass, mainApplicationFile }) => Boolean(mainClass) || /[.](py|[rR])$/.test(mainApplicationFile),
    message:
      'required, unless mainApplicationFile ends in .py or .R: the operator does not open the jar to look for it',
    field: ['mainClass'],
  }),
  standingRule({
    cel: (self) =>
      `!${selectsNodesInCel(self)} || (!(has(${self}.driver) && ${selectsNodesInCel(`${self}.driver`)}) && ` +
      `!(has(${self}.executor) && ${selectsNodesInCel(`${self}.executor`)}))`,
    holds: (spec) =>
      Object.keys(spec.nodeSelector ?? {}).length === 0 || !roles.some((role) => selectsNodes(spec, role)),
    message: 'node selectors at both levels: set it here, or in driver and executor',
    field: ['nodeSelector'],
  }),
  ...roles.map(mountRule),
];

/** Where there is a pod template, the volume may be one of its own. */
function mountRule(role: Role): Rule<SparkApplicationSpec> {
  return rule({
    cel:
      `!has(self.${role}) || has(self.${role}.template) || !has(self.${role}.volumeMounts) || ` +
      `self.${role}.volumeMounts.all(m, !has(m.name) || ` +
      '(has(self.volumes) && self.volumes.exists(v, has(v.name) && v.name == m.name))) || ' +
      `(oldSelf.hasValue() && has(oldSelf.value().${role}) && has(oldSelf.value().${role}.volumeMounts) && ` +
      `oldSelf.value().${role}.volumeMounts == self.${role}.volumeMounts)`,
    passes: (spec, old) => isDeepStrictEqual(spec[role]?.volumeMounts, old[role]?.volumeMounts),
    holds: (spec) => {
      const declared = new Set((spec.volumes ?? []).map(({ name }) => name));
      const { template, volumeMounts = [] } = spec[role] ?? {};
      return template !== undefined || volumeMounts.every(({ name }) => declared.has(name));
    },
    message: `each mount of the ${role} must name a volume of spec.volumes`,
    field: [role, 'volumeMounts'],
  });
}

const modeRules: readonly Rule<string>[] = [
  rule({
    cel: "self != 'client'",
    holds: (mode) => mode !== 'client',
    message: 'client is not supported: the driver would run inside the operator; use cluster',
  }),
];

const sparkVersionRules: readonly Rule<string>[] = [
  rule({
    cel: "!self.matches('^v?0*[0-2]([.]|$)')",
    holds: (version) => !/^v?0*[0-2]([.]|$)/.test(version),
    message: 'Spark before 3.0 is not supported: it has neither pod templates nor the resources used here',
  }),
];

type Volume = NonNullable<SparkApplicationSpec['volumes']>[number];

const volumeSources = Object.keys(volume.shape).filter((field) => field !== 'name');

const volumeRules: readonly Rule<Volume>[] = [
  rule({
    cel: `[${volumeSources.map((source) => `has(self.${source})`).join(', ')}].filter(given, given).size() <= 1`,
    // None is an emptyDir.
    holds: (value) => Object.keys(value).filter((field) => field !== 'name').length <= 1,
    message: 'a volume is of one kind; split it in several',
  }),
];

const driverIngressRules: readonly Rule<NonNullable<SparkApplicationSpec['driverIngressOptions']>>[] = [
  rule({
    cel:
      'self.all(a, !has(a.ingressURLFormat) || ' +
      'self.exists_one(b, has(b.ingressURLFormat) && a.ingressURLFormat == b.ingressURLFormat))',
    holds: (options) => new Set(options.map(({ ingressURLFormat }) => ingressURLFormat)).size === options.length,
    message: 'each ingressURLFormat must be another one',
  }),
];

const dynamicAllocationRules: readonly Rule<NonNullable<SparkApplicationSpec['dynamicAllocation']>>[] = [
  standingRule({
    cel: (self) =>
      `!has(${self}.enabled) || !${self}.enabled || !has(${self}.minExecutors) || !has(${self}.maxExecutors) || ` +
      `${self}.minExecutors <= ${self}.maxExecutors`,
    holds: ({ enabled = false, minExecutors, maxExecutors }) =>
      !enabled || minExecutors === undefined || maxExecutors === undefined || minExecutors <= maxExecutors,
    message: 'must not be more than maxExecutors',
    field: ['minExecutors'],
  }),
  standingRule({
    cel: (self) =>
      `!has(${self}.enabled) || !${self}.enabled || !has(${self}.maxExecutors) || ${self}.maxExecutors > 0`,
    holds: ({ enabled = false, maxExecutors = 1 }) => !enabled || maxExecutors > 0,
    message: 'Spark wants more than none',
    field: ['maxExecutors'],
  }),
];

export const ruledPlaces: readonly RuledPlace<RuledApplication>[] = [
  place([], [nameRule, ingressNameRule], (application) => [{ path: [], value: application }]),
  place(['spec'], specRules, ({ spec }) => single(['spec'], spec)),
  place(['spec', 'mode'], modeRules, ({ spec }) => single(['spec', 'mode'], spec.mode)),
  place(['spec', 'sparkVersion'], sparkVersionRules, ({ spec }) => single(['spec', 'sparkVersion'], spec.sparkVersion)),
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
    place(['spec', role, 'labels'], labelRules(role), ({ spec }: RuledApplication) =>
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
