/** `firesteel validate FILE…`: everything that is wrong with the manifests, a line each. */
import { renderDriver } from '../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../reconciler/settings.js';
import { describeProblem } from '../api/problem.js';
import { readSparkApplication, type SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { readApplicationDocuments } from './application-file.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine } from './flags.js';

export const validate: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.validate, args, io.environment);
  if (positionals.length === 0) throw new FiresteelError('USAGE', 'validate: name at least one file');
  const lines = positionals.flatMap((file) => problemLines(file, values.namespace));
  for (const line of lines) io.warn(`${line}\n`);
  return lines.length === 0 ? 0 : 1;
};

const anySubmission = { id: '00000000-0000-4000-8000-000000000000', submitTime: 0 };

/** What Spark would refuse: its properties, sizes, versions. */
function submissionProblems(application: SparkApplication): string[] {
  try {
    renderDriver(application, anySubmission, defaultSettings);
    return [];
  } catch (error) {
    if (error instanceof FiresteelError) return [error.message];
    throw error;
  }
}

/** A file that can not be read must not keep the others from being checked. */
function problemLines(file: string, namespace: string): string[] {
  try {
    return readApplicationDocuments(file).flatMap(({ place, object }) => {
      const reading = readSparkApplication(object, namespace);
      return reading.ok
        ? submissionProblems(reading.application).map((message) => `${place}: ${message}`)
        : reading.problems.map((problem) => `${place}: ${describeProblem(problem)}`);
    });
  } catch (error) {
    if (error instanceof FiresteelError) return [error.message];
    throw error;
  }
}
