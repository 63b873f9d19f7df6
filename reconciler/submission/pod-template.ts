/** The pod template that a driver starts from, and which of its containers becomes Spark's (`KubernetesUtils.loadPodFromTemplate`). */
import type { Container, Pod } from 'kubernetes-types/core/v1.js';
import { z } from 'zod';
import { messageOf } from '../../src/errors.js';
import { type Driver, emptyDriver } from './driver.js';
import { parseJavaYaml } from './java-yaml.js';
import { refused } from './refusal.js';
import type { Submission } from './submission.js';
import { driverTemplateKey, submitterPath, utf8Text } from './submitter-files.js';

/** As far as the parts matter here; the API server checks the rest. */
const templateShape = z.looseObject({
  kind: z.literal('Pod').optional(),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string().optional() })).optional() }),
});
type Template = Omit<Pod, 'spec'> & {
  spec: Omit<NonNullable<Pod['spec']>, 'containers'> & { containers?: Container[] };
};
const podTemplate = z.custom<Template>(
  (value) => templateShape.safeParse(value).success,
  'it is not a Pod with a spec',
);

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function driverFromTemplate(submission: Submission): Driver {
  const { conf, files } = submission;
  const location = conf.text(driverTemplateKey);
  if (location === undefined) return emptyDriver;
  const bytes = files.files.get(location);
  if (bytes === undefined) throw templateRefused(`${location} ${whyMissing(location)}`);
  try {
    const leadingZero = submission.differences.octalModesInTemplates ? 'octal' : 'decimal';
    const template = podTemplate.parse(parseJavaYaml(utf8Text(bytes), { leadingZero }));
    return driverOf(template, submission);
  } catch (error) {
    throw templateRefused(error instanceof z.ZodError ? 'it is not a Pod with a spec' : messageOf(error), error);
  }
}

function templateRefused(why: string, cause?: unknown): Error {
  return refused(`${driverTemplateKey}: Could not load pod from template file: ${why}`, cause);
}

export function whyMissing(location: string): string {
  return submitterPath(location) === undefined
    ? 'is where only a JVM reads; put it on the submitting machine, or into field template of a SparkApplication'
    : 'does not exist or is not a file';
}

function driverOf({ metadata = {}, spec }: Template, { conf, namespace }: Submission): Driver {
  const { containers = [], ...rest } = spec;
  const chosen = chosenContainer(containers, conf.text('spark.kubernetes.driver.podTemplateContainerName'));
  const others = containers.filter((container) => container !== chosen);
  return {
    ...emptyDriver,
    // The pod is created in Spark's namespace whatever the template says.
    metadata: { ...metadata, ...(metadata.namespace === undefined ? {} : { namespace }) },
    spec: rest,
    container: { ...chosen, name: chosen?.name ?? emptyDriver.container.name },
    otherContainers: others,
  };
}

/** The one of that name if there is exactly one, else the first. */
function chosenContainer(containers: readonly Container[], name: string | undefined): Container | undefined {
  const named = containers.filter((container) => container.name === name);
  return named.length === 1 ? named[0] : containers[0];
}
