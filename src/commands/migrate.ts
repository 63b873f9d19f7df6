/**
 * `firesteel migrate --check`: reads a cluster in which the Kubeflow operator runs, and says of each application and each setting
 * what becomes of it. It changes nothing.
 */
import { FiresteelError } from '../errors.js';
import { type KubernetesObject, objectKey } from '../kube/objects.js';
import { listAll, type Selection } from '../kube/paged-list.js';
import { deployments, sparkApplications } from '../kube/resources.js';
import { type Verdict, verdictOn } from '../migration/application-verdict.js';
import { settingsOf } from '../migration/peer-settings.js';
import { openSession } from './cluster-session.js';
import type { Command, CommandIo } from './command.js';
import { commandFlags } from './command-flags.js';
import { readFlags } from './flags.js';

/** Of the peer's chart. */
const peerLabel = 'app.kubernetes.io/name=spark-operator';

const pageSize = 500;

/** @returns 1 where something has to be drained or changed first */
export const migrate: Command = async (args, io) => {
  const flags = readFlags(commandFlags.migrate, args, io.environment);
  if (!flags.check) {
    throw new FiresteelError(
      'USAGE',
      'migrate: --check says what to do; there is nothing that it does (docs/migrate.md)',
    );
  }
  const session = await openSession({ ...flags, 'log-level': 'error' }, io);
  try {
    const list = async (selection: Selection) =>
      (await listAll(session.client, selection, pageSize, session.signal)).objects;
    const scopes = flags.namespaces.length === 0 ? [undefined] : flags.namespaces;
    const settings = (await list({ resource: deployments, labelSelector: peerLabel })).flatMap(settingsOf);
    for (const setting of settings) io.out(`${setting}\n`);
    const verdicts: Verdict[] = [];
    for (const namespace of scopes) {
      for (const object of await list({ resource: sparkApplications, namespace })) verdicts.push(report(object, io));
    }
    io.out(summary(verdicts, settings.length));
    return verdicts.every(({ kind }) => kind === 'taken over') ? 0 : 1;
  } finally {
    await session.close();
  }
};

function report(object: KubernetesObject, io: CommandIo): Verdict {
  const verdict = verdictOn(object);
  io.out(`SparkApplication ${objectKey(object.metadata)}: ${verdict.kind}: ${verdict.reasons.join('; ')}\n`);
  return verdict;
}

function summary(verdicts: readonly Verdict[], settings: number): string {
  const count = (kind: Verdict['kind']) => `${verdicts.filter((verdict) => verdict.kind === kind).length} ${kind}`;
  const counts = [count('taken over'), count('to be drained'), count('to be changed')];
  return `${verdicts.length} applications: ${counts.join(', ')}; ${settings} settings to look at\n`;
}
