/** `firesteel validate FILE…`: everything that is wrong with the manifests, a line each. */
import { FiresteelError } from '../errors.js';
import { checkFile } from './checked-file.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine } from './flags.js';

export const validate: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.validate, args, io.environment);
  if (positionals.length === 0) throw new FiresteelError('USAGE', 'validate: name at least one file');
  const problems = positionals.flatMap((file) => checkFile(file, values.namespace).problems);
  for (const problem of problems) io.warn(`${problem}\n`);
  return problems.length === 0 ? 0 : 1;
};
