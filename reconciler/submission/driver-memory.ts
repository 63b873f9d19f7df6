/** How much memory the driver's container gets: the heap and what the process needs beside it (`BasicDriverFeatureStep`). */
import { refusedValue } from './refusal.js';
import type { Submission } from './submission.js';

export interface DriverMemory {
  readonly totalMebibytes: number;
  /** Handed on to the executors as `spark.kubernetes.memoryOverheadFactor`. */
  readonly defaultOverheadFactor: number;
}

const generalFactorKey = 'spark.kubernetes.memoryOverheadFactor';
const driverFactorKey = 'spark.driver.memoryOverheadFactor';
const minimumOverheadMebibytes = 384;

/** @throws {FiresteelError} SUBMISSION_REFUSED */
export function driverMemory(submission: Submission): DriverMemory {
  const { conf, differences, resourceType } = submission;
  const heap = conf.mebibytes('spark.driver.memory') ?? 1024;
  const defaultOverheadFactor = generalFactor(submission) ?? (resourceType === 'java' ? 0.1 : 0.4);
  const factor = driverFactor(submission) ?? defaultOverheadFactor;
  const minimum = differences.minMemoryOverheadKey ? conf.mebibytes('spark.driver.minMemoryOverhead') : undefined;
  const overhead =
    conf.mebibytes('spark.driver.memoryOverhead') ??
    conf.mebibytes('spark.yarn.driver.memoryOverhead') ??
    Math.max(Math.trunc(factor * heap), minimum ?? minimumOverheadMebibytes);
  return { totalMebibytes: heap + overhead, defaultOverheadFactor };
}

function generalFactor({ conf }: Submission): number | undefined {
  const factor = conf.double(generalFactorKey);
  if (factor !== undefined && factor < 0) throw refusedValue(generalFactorKey, String(factor), 'must not be negative');
  return factor;
}

function driverFactor({ conf }: Submission): number | undefined {
  const factor = conf.double(driverFactorKey);
  if (factor !== undefined && factor <= 0)
    throw refusedValue(driverFactorKey, String(factor), 'must be greater than 0');
  return factor;
}
