/**
 * The ids that spark-submit draws at random. Here they all follow from the submission id, so that a submission which is
 * carried out again after a crash makes the same objects and never second ones.
 */
import { createHash } from 'node:crypto';
import { refused } from './refusal.js';

export interface SubmissionIds {
  /** `spark-` and 32 hex digits; label `spark-app-selector`. */
  readonly applicationId: `spark-${string}`;
  /** 16 hex digits, as are the next two: of the prefix of resource names. */
  readonly resourcePrefixId: string;
  /** Of the driver's ConfigMap. */
  readonly configMapId: string;
  /** Of the Service whose name would otherwise be too long. */
  readonly serviceId: string;
  /** A UUID: of the local directory `/var/data/spark-<uuid>`. */
  readonly localDirectoryId: string;
  /** Milliseconds since the epoch. */
  readonly submitTime: number;
}

/**
 * @param submissionId a UUID
 * @param submitTime milliseconds since the epoch
 */
export function idsOf(submissionId: string, submitTime: number): SubmissionIds {
  const digits = submissionId.replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) throw refused(`submission id '${submissionId}' is not a UUID`);
  return {
    applicationId: `spark-${digits}`,
    resourcePrefixId: derived(digits, 'resource prefix').slice(0, 16),
    configMapId: derived(digits, 'config map').slice(0, 16),
    serviceId: derived(digits, 'service').slice(0, 16),
    localDirectoryId: asUuid(derived(digits, 'local directory')),
    submitTime,
  };
}

/** A UUID: of the folder of the file that is uploaded as number `index`. */
export function uploadDirectoryId({ applicationId }: SubmissionIds, index: number): string {
  return asUuid(derived(applicationId, `upload ${index}`));
}

function derived(submission: string, purpose: string): string {
  return createHash('sha256').update(`${submission} ${purpose}`).digest('hex');
}

function asUuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
