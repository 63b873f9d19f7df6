/** `firesteel render FILE`: the objects that the SparkApplications of a file lead to, as YAML. */
import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';
import { renderDriver, type SubmissionKey } from '../../reconciler/driver-rendering.js';
import { defaultSettings, masterFromEnvironment, type ReconcilerSettings } from '../../reconciler/settings.js';
import { planSubmission } from '../../reconciler/submission-plan.js';
import { renderSubmissionPod } from '../../reconciler/submission-pod.js';
import type { SparkApplication } from '../api/spark-application.js';
import { FiresteelError } from '../errors.js';
import { readApplications } from './application-file.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine } from './flags.js';

export const render: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.render, args, io.environment);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new FiresteelError('USAGE', 'render: name one file');
  const settings = {
    ...defaultSettings,
    master: masterFromEnvironment(io.environment),
    podMutation: values['pod-mutation'],
  };
  for (const application of readApplications(file, values.namespace)) {
    const submission = { id: randomUUID(), submitTime: Date.now() };
    const { objects, warnings } = objectsOf(application, submission, settings);
    for (const warning of warnings) io.warn(`${warning}\n`);
    for (const object of objects) io.out(`---\n${stringify(object, { lineWidth: 0 })}`);
  }
  return 0;
};

/** What the reconciler itself would create; of a submission pod, what spark-submit makes is not known. */
function objectsOf(
  application: SparkApplication,
  submission: SubmissionKey,
  settings: ReconcilerSettings,
): { objects: readonly object[]; warnings: readonly string[] } {
  const { submitter, events } = planSubmission(application, submission, settings);
  if (submitter === 'pod') {
    const { pod, configMap, monitoring } = renderSubmissionPod(application, submission, settings);
    return {
      objects: [...(monitoring === undefined ? [] : [monitoring]), pod, configMap],
      warnings: events.map(({ message }) => message),
    };
  }
  const { monitoring, pod, preResources, resources, warnings } = renderDriver(application, submission, settings);
  return { objects: [...(monitoring === undefined ? [] : [monitoring]), ...preResources, pod, ...resources], warnings };
}
