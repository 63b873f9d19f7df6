/** What examples/everything.yaml asks for: each feature that there is, in both roles. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { label, roles } from '../../../src/api/labels.js';
import { tagsOf } from '../../../src/pod/tags.js';
import { projectRoot } from '../../e2e/operator-process.js';
import { application } from '../api/manifests.js';

const manifest = z.looseObject({ kind: z.string(), spec: z.looseObject({}).default({}) });

/** The spec of the application. */
export function everything(): Record<string, unknown> {
  const text = readFileSync(join(projectRoot, 'examples/everything.yaml'), 'utf8');
  const documents = parseAllDocuments(text).map((document) => manifest.parse(document.toJS()));
  return documents.find(({ kind }) => kind === 'SparkApplication')?.spec ?? {};
}

/** Its driver and its executor, tagged, as they reach the webhook. */
export function podsWithEverything() {
  return roles.map((role) => ({
    metadata: {
      labels: { [label.role]: role, [label.tagged]: 'true' },
      annotations: Object.fromEntries(tagsOf(application(everything()), role)),
    },
    spec: { containers: [{ name: `spark-kubernetes-${role}`, image: 'spark' }] },
  }));
}
