/** VolcanoFeatureStep, named in `spark.kubernetes.driver.pod.featureSteps`: the PodGroup that the driver is scheduled with. */
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { z } from 'zod';
import { messageOf } from '../../../src/errors.js';
import { type Driver, type PodGroup, withPreResource } from '../driver.js';
import { parseJavaYaml } from '../java-yaml.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';
import { podGroupTemplateFileKey, utf8Text } from '../submitter-files.js';

const templateJsonKey = 'spark.kubernetes.scheduler.volcano.podGroupTemplateJson';

export function volcano(driver: Driver, submission: Submission): Driver {
  const name = `${submission.ids.applicationId}-podgroup`;
  const { metadata = {}, spec = {} } = template(submission);
  const grouped = {
    ...driver,
    metadata: {
      ...driver.metadata,
      annotations: { ...driver.metadata.annotations, 'scheduling.k8s.io/group-name': name },
    },
  };
  const podGroup: PodGroup = {
    apiVersion: 'scheduling.volcano.sh/v1beta1',
    kind: 'PodGroup',
    metadata: { ...metadata, name, namespace: submission.namespace },
    spec,
  };
  return withPreResource(grouped, podGroup);
}

const podGroupTemplate = z.object({
  metadata: z.custom<ObjectMeta>((value) => typeof value === 'object' && value !== null).optional(),
  spec: z.record(z.string(), z.json()).optional(),
});
type PodGroupTemplate = z.infer<typeof podGroupTemplate>;

/** The file wins over the JSON text. */
function template({ conf, files }: Submission): PodGroupTemplate {
  const path = conf.text(podGroupTemplateFileKey);
  if (path === undefined) return read(templateJsonKey, conf.text(templateJsonKey) ?? '{}');
  const bytes = files.files.get(path);
  if (bytes === undefined) throw refused(`${podGroupTemplateFileKey}: ${path} does not exist or is not a file`);
  return read(podGroupTemplateFileKey, utf8Text(bytes));
}

function read(key: string, text: string): PodGroupTemplate {
  try {
    return podGroupTemplate.parse(parseJavaYaml(text, { leadingZero: 'octal' }));
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it is not an object with metadata and spec' : messageOf(error);
    throw refused(`${key}: not a PodGroup: ${why}`, error);
  }
}
