/**
 * The pod templates in the fields of a SparkApplication, as the files in which Spark looks for them. The peer writes them to its
 * disk; here they exist by name alone.
 */
import type { Role } from '../../src/api/labels.js';
import { roles } from '../../src/api/labels.js';
import type { SparkApplicationSpec } from '../../src/api/spark-application-spec.js';
import type { SubmitterFiles } from './submitter-files.js';

/** As the peer names it. */
export function templatePath(submissionId: string, role: Role): string {
  return `/tmp/spark/${submissionId}/${role}-pod-template.yaml`;
}

export function templateFiles(spec: SparkApplicationSpec, submissionId: string): SubmitterFiles {
  const files = roles.flatMap((role): [string, Uint8Array][] => {
    const template = spec[role]?.template;
    if (template === undefined) return [];
    // Spark wants a spec, even if it says nothing. JSON is YAML.
    const pod = { apiVersion: 'v1', kind: 'Pod', spec: {}, ...template };
    return [[templatePath(submissionId, role), Buffer.from(JSON.stringify(pod), 'utf8')]];
  });
  return { files: new Map(files), folders: new Map() };
}
