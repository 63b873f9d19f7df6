/** The SparkApplications of a file, for the offline commands; what else stands in it (a ConfigMap, say) is passed over. */
import { notSupportedYet } from '../api/not-supported-yet.js';
import { describeProblems, problemAt } from '../api/problem.js';
import {
  type Reading,
  readSparkApplication,
  type SparkApplication,
  sparkApplicationKind,
} from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { isJsonObject } from '../pod/json.js';
import { type ManifestDocument, readManifests } from './manifest-files.js';

/** @throws {FiresteelError} FILE_UNREADABLE, also for a file without any */
export function readApplicationDocuments(file: string): ManifestDocument[] {
  const documents = readManifests(file).filter(({ object }) => isSparkApplication(object));
  if (documents.length === 0)
    throw new FiresteelError('FILE_UNREADABLE', `${file}: there is no SparkApplication in it`);
  return documents;
}

/** What claims to be one of ours, or nothing at all; a wrong version or a misspelt kind is told, not passed over. */
export function isSparkApplication(object: unknown): boolean {
  if (!isJsonObject(object) || typeof object['kind'] !== 'string') return true;
  const group = String(object['apiVersion'] ?? '').split('/')[0];
  return object['kind'] === sparkApplicationKind || group === 'sparkoperator.k8s.io';
}

const kindsToCome: ReadonlySet<unknown> = new Set(['ScheduledSparkApplication', 'SparkConnect']);

/** One of the file's applications, checked. */
export function readApplication(object: unknown, namespace: string): Reading {
  const kind = isJsonObject(object) ? object['kind'] : undefined;
  if (!kindsToCome.has(kind)) return readSparkApplication(object, namespace);
  return { ok: false, problems: [problemAt(['kind'], `${kind}: ${notSupportedYet}`)] };
}

/** Every application of `file`, checked. @throws {FiresteelError} FILE_UNREADABLE, APPLICATION_INVALID */
export function readApplications(file: string, namespace: string): SparkApplication[] {
  return readApplicationDocuments(file).map(({ place, object }) => {
    const reading = readApplication(object, namespace);
    if (reading.ok) return reading.application;
    throw new FiresteelError('APPLICATION_INVALID', `${place}: ${describeProblems(reading.problems)}`);
  });
}
