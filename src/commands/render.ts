/** `firesteel render FILE`: the objects that the SparkApplications of a file lead to, as YAML. */
import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';
import { renderDriver } from '../../reconciler/driver-rendering.js';
import { masterFromEnvironment } from '../../reconciler/settings.js';
import { FiresteelError } from '../errors.js';
import { readApplications } from './application-file.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine } from './flags.js';

export const render: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.render, args, io.environment);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new FiresteelError('USAGE', 'render: name one file');
  const settings = { master: masterFromEnvironment(io.environment), podMutation: values['pod-mutation'] };
  for (const application of readApplications(file, values.namespace)) {
    const submission = { id: randomUUID(), submitTime: Date.now() };
    const { monitoring, pod, preResources, resources, warnings } = renderDriver(application, submission, settings);
    for (const warning of warnings) io.warn(`${warning}\n`);
    const all = [...(monitoring === undefined ? [] : [monitoring]), ...preResources, pod, ...resources];
    for (const object of all) io.out(`---\n${stringify(object, { lineWidth: 0 })}`);
  }
  return 0;
};
