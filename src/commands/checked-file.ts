/** A file of manifests before anything is done with it: what can be used, and a line for everything that can not. */

import { defaultSettings } from '../../reconciler/settings.js';
import { planSubmission } from '../../reconciler/submission-plan.js';
import { describeProblem, type Problem, pathSegments, problemAt } from '../api/problem.js';
import type { SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { isSparkApplication, readApplication, readApplicationDocuments } from './application-file.js';
import { type ManifestDocument, readManifests } from './manifest-files.js';

export interface CheckedFile {
  /** Those without a problem, also of other kinds. */
  readonly documents: readonly ManifestDocument[];
  /** `file:line: path: what is wrong`. */
  readonly problems: readonly string[];
}

/**
 * @param namespace of manifests that name none
 * @param contents `any`: the file need not hold a SparkApplication, such as one of many in a folder
 */
export function checkFile(
  file: string,
  namespace: string,
  contents: 'any' | 'applications' = 'applications',
): CheckedFile {
  try {
    if (contents === 'applications') readApplicationDocuments(file);
    const checked = readManifests(file).map((document) => ({ document, problems: problemsOf(document, namespace) }));
    return {
      documents: checked.filter(({ problems }) => problems.length === 0).map(({ document }) => document),
      problems: checked.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    // A file that can not be read must not keep the others from being checked.
    if (error instanceof FiresteelError) return { documents: [], problems: [error.message] };
    throw error;
  }
}

const anySubmission = { id: '00000000-0000-4000-8000-000000000000', submitTime: 0 };

/** What admission would say, and what Spark would refuse: its properties, sizes, versions. */
function problemsOf({ object, placeOf }: ManifestDocument, namespace: string): string[] {
  if (!isSparkApplication(object)) return [];
  const reading = readApplication(object, namespace);
  const problems = reading.ok ? refusalOf(reading.application) : reading.problems;
  return problems.map((problem) => `${placeOf(pathSegments(problem.path))}: ${describeProblem(problem)}`);
}

function refusalOf(application: SparkApplication): Problem[] {
  try {
    planSubmission(application, anySubmission, defaultSettings);
    return [];
  } catch (error) {
    if (!(error instanceof FiresteelError)) throw error;
    const key = Object.keys(application.spec.sparkConf ?? {}).find((name) => isNamedIn(error.message, name));
    return [problemAt(key === undefined ? [] : ['spec', 'sparkConf', key], error.message)];
  }
}

/** Whether a message speaks of a property, and not of one whose name is longer. */
function isNamedIn(message: string, property: string): boolean {
  return message.split(/[^\w.-]+/).some((word) => word.replace(/\.$/, '') === property);
}
