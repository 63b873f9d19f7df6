/** The version of Spark that an application declares; what it changes stands in differences.ts. */
import { refused } from './refusal.js';

export type SparkVersion = {
  readonly major: number;
  readonly minor: number;
  /** 0 where the text has none. */
  readonly patch: number;
  /** As given, with suffixes such as `-preview1`; it becomes the label `spark-version`. */
  readonly text: string;
} & { readonly brand: 'SparkVersion' };

/**
 * @param text `4.1.4`, `4.1`, `4.2.0-preview2`
 * @throws {FiresteelError} SUBMISSION_REFUSED
 */
export function parseSparkVersion(text: string): SparkVersion {
  const match = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-.][A-Za-z0-9][-.A-Za-z0-9]*)?$/.exec(text);
  if (match === null || text.length > 63) {
    throw refused(`'${text}' is not a Spark version; write it like 4.1.4`);
  }
  const [, major, minor, patch = '0'] = match;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), text, brand: 'SparkVersion' };
}
