/** `firesteel mutate POD.json`: the pod as admission would leave it, or the patch, without a cluster. */
import { isNestedTooDeeply } from '../api/json-limits.js';
import { label, type Role } from '../api/labels.js';
import { FiresteelError } from '../errors.js';
import { isJsonObject, type JsonObject } from '../pod/json.js';
import { mutatePod } from '../pod/mutation.js';
import { tagsOf } from '../pod/tags.js';
import { readApplications } from './application-file.js';
import type { Command } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine } from './flags.js';
import { readManifests } from './manifest-files.js';

export const mutate: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.mutate, args, io.environment);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new FiresteelError('USAGE', 'mutate: name one file with a pod');
  const pod = readPod(file);
  const tagged = values.application === undefined ? pod : tag(pod, values.application, values.namespace);
  const mutation = mutatePod(tagged);
  io.out(`${JSON.stringify(values.patch ? mutation.patch : mutation.pod, null, 2)}\n`);
  return 0;
};

function readPod(file: string): JsonObject {
  const [document, second] = readManifests(file);
  if (document === undefined || second !== undefined || !isJsonObject(document.object)) {
    throw new FiresteelError('FILE_UNREADABLE', `${file}: it must hold one pod`);
  }
  if (isNestedTooDeeply(document.object)) throw new FiresteelError('FILE_UNREADABLE', `${file}: nested too deeply`);
  return document.object;
}

/** The pod as the reconciler would tag it for the application in `file` and the pod's own role. */
function tag(pod: JsonObject, file: string, namespace: string): JsonObject {
  const [application, second] = readApplications(file, namespace);
  if (application === undefined || second !== undefined) {
    throw new FiresteelError('FILE_UNREADABLE', `${file}: it must hold one SparkApplication`);
  }
  const metadata = isJsonObject(pod['metadata']) ? pod['metadata'] : {};
  const labels = isJsonObject(metadata['labels']) ? metadata['labels'] : {};
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  const tags = tagsOf(application, roleOf(labels));
  if (tags.size === 0) return pod;
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: { ...labels, [label.tagged]: 'true' },
      annotations: { ...annotations, ...Object.fromEntries(tags) },
    },
  };
}

function roleOf(labels: JsonObject): Role {
  const role = labels[label.role];
  if (role === 'driver' || role === 'executor') return role;
  throw new FiresteelError('USAGE', `mutate: the pod has no label ${label.role} that says driver or executor`);
}
