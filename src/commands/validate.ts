/** `firesteel validate FILE…`: everything that is wrong with the manifests, a line each. */

import { describeProblem } from '../api/problem.js';
import { readSparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { readApplicationDocuments } from './application-file.js';
import type { Command } from './command.js';
import { readCommandLine } from './flags.js';

export const validate: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(['namespace'], args, io.environment);
  if (positionals.length === 0) throw new FiresteelError('USAGE', 'validate: name at least one file');
  const lines = positionals.flatMap((file) => problemLines(file, values.namespace));
  for (const line of lines) io.warn(`${line}\n`);
  return lines.length === 0 ? 0 : 1;
};

/** A file that can not be read must not keep the others from being checked. */
function problemLines(file: string, namespace: string): string[] {
  try {
    return readApplicationDocuments(file).flatMap(({ place, object }) => {
      const reading = readSparkApplication(object, namespace);
      return reading.ok ? [] : reading.problems.map((problem) => `${place}: ${describeProblem(problem)}`);
    });
  } catch (error) {
    if (error instanceof FiresteelError) return [error.message];
    throw error;
  }
}
