/** From a SparkApplication to the annotations that its pods carry, and the evidence that they were applied. */
import { hash } from 'node:crypto';
import { withDefaults } from '../api/defaults.js';
import { appliedAnnotation, type Role } from '../api/labels.js';
import type { SparkApplication } from '../api/spark-application.js';
import { RecentValues, recentApplications } from '../recent-values.js';
import { concerns } from './concerns.js';

type Tags = ReadonlyMap<string, string>;

const recentTags: Readonly<Record<Role, RecentValues<SparkApplication, Tags>>> = {
  driver: new RecentValues(recentApplications),
  executor: new RecentValues(recentApplications),
};

/** The annotations for the pods of one role; empty when the webhook has nothing to do. */
export function tagsOf(application: SparkApplication, role: Role): Tags {
  return recentTags[role].get(application, () => makeTags(application, role));
}

function makeTags(application: SparkApplication, role: Role): Tags {
  const source = { application, spec: withDefaults(application.spec), role };
  const tags = new Map<string, string>();
  for (const { annotation, tag } of concerns) {
    const value = tag(source);
    if (value !== undefined) tags.set(annotation, value);
  }
  return tags;
}

/**
 * A tag's value as it travels in Spark conf: Spark replaces `{{APP_ID}}` in the annotations of executors, so braces that
 * belong to the value are written as JSON escapes (KubernetesExecutorConf).
 */
export function escapePlaceholders(json: string): string {
  return json.replaceAll('{{', '\\u007b\\u007b');
}

/** Digest of tags as the webhook applied them: SHA-256 over their sorted `key=value` lines. */
export function digestOf(tags: Iterable<readonly [string, string]>): string {
  const lines = [...tags].filter(([key]) => key !== appliedAnnotation).map(([key, value]) => `${key}=${value}`);
  return hash('sha256', lines.sort().join('\n'));
}
