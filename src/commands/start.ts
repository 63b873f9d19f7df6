/**
 * `firesteel start FILE…` (`npm start`): the main job without a cluster. Sandbox, webhook and reconciler in one process, the
 * given manifests applied, each state shown as it comes, and what the webhook put into the pods.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../clock.js';
import { FiresteelError } from '../errors.js';
import { createLogger, type Logger } from '../log.js';
import { followApplications } from './application-follower.js';
import { applyManifest } from './apply-manifest.js';
import { checkFile } from './checked-file.js';
import { type ClusterSession, untilAborted } from './cluster-session.js';
import type { Command, CommandIo } from './command.js';
import { commandFlags } from './command-flags.js';
import { readCommandLine, readFlags } from './flags.js';
import { writeKubeconfig } from './kubeconfig-file.js';
import type { ManifestDocument } from './manifest-files.js';
import { summarisePatch } from './patch-summary.js';
import { startReconciler } from './reconciler-process.js';
import { type SandboxSite, startSandboxSite } from './sandbox-site.js';
import { createStartView, type StartView } from './start-view.js';
import { startWebhook } from './webhook-process.js';

const example = fileURLToPath(new URL('../../../examples/features.yaml', import.meta.url));

export const start: Command = async (args, io) => {
  const { values, positionals } = readCommandLine(commandFlags.start, args, io.environment);
  const { documents, hasProblems } = readAll(positionals.length === 0 ? [example] : positionals, io);
  if (documents.length === 0 && !values.keep) return 1;
  const site = await startSite(createLogger(values['log-level']), values.port, io);
  const view = createStartView(io.out, systemClock.now, process.stdout.isTTY === true && !io.environment['NO_COLOR']);
  try {
    const allCompleted = await runIn(site, documents, view, io, values.keep);
    return allCompleted && !hasProblems ? 0 : 1;
  } finally {
    await site.stop();
  }
};

/** Two of these at once both work: where the port is taken another one will do. */
async function startSite(logger: Logger, port: number, io: CommandIo): Promise<SandboxSite> {
  try {
    return await startSandboxSite(logger, port);
  } catch (error) {
    if (!(error instanceof FiresteelError) || error.code !== 'PORT_UNAVAILABLE' || port === 0) throw error;
    io.warn(`${error.message}; taking another one\n`);
    return await startSandboxSite(logger, 0);
  }
}

/** What is wrong with a file is told, and the others still run. */
function readAll(paths: readonly string[], io: CommandIo): { documents: ManifestDocument[]; hasProblems: boolean } {
  const checked = paths.flatMap((path) => {
    const files = filesIn(path);
    return files === undefined ? [checkFile(path, 'default')] : files.map((file) => checkFile(file, 'default', 'any'));
  });
  const problems = checked.flatMap((file) => file.problems);
  for (const problem of problems) io.warn(`${problem}\n`);
  return { documents: checked.flatMap((file) => file.documents), hasProblems: problems.length > 0 };
}

/** A folder stands for the manifests in it; undefined for what is no folder. */
function filesIn(path: string): string[] | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  const names = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.sort().map((name) => join(path, name));
}

async function runIn(
  site: SandboxSite,
  documents: readonly ManifestDocument[],
  view: StartView,
  io: CommandIo,
  keep: boolean,
): Promise<boolean> {
  const session: ClusterSession = {
    client: site.client,
    clock: systemClock,
    random: Math.random,
    logger: createLogger('error'),
    ownNamespace: 'default',
    signal: io.signal,
    close: async () => {},
  };
  const webhook = await startWebhook(
    session,
    { ...readFlags(commandFlags.webhook, [], {}), 'webhook-port': 0, 'webhook-url': 'https://127.0.0.1:0' },
    (pod, patch) => view.admitted(pod, summarisePatch(patch)),
  );
  const reconciler = await startReconciler(session, readFlags(commandFlags.reconciler, [], {}), io, () => {});
  try {
    const applied = await applyAll(site, documents, view);
    const follower = followApplications(session, applied, view);
    const completed = await Promise.race([follower.done, untilAborted(io.signal).then(() => false)]);
    await follower.stop();
    if (keep && !io.signal.aborted) await stay(site, view, io);
    return completed;
  } finally {
    await Promise.all([reconciler.stop(), webhook.stop()]);
  }
}

/** The keys of the applications among them. */
async function applyAll(site: SandboxSite, documents: readonly ManifestDocument[], view: StartView): Promise<string[]> {
  const keys: string[] = [];
  for (const document of documents) {
    const applied = await applyManifest(site.client, document);
    view.note(`${applied.kind} ${applied.key} applied`);
    if (applied.kind === 'SparkApplication') keys.push(applied.key);
  }
  return keys;
}

async function stay(site: SandboxSite, view: StartView, io: CommandIo): Promise<void> {
  const file = writeKubeconfig(site.kubeconfig, undefined);
  view.note('the sandbox stays up until Ctrl-C; in another terminal:');
  io.out(`export KUBECONFIG=${file.path}\n`);
  await untilAborted(io.signal);
  file.remove();
}
