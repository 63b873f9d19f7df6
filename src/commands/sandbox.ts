/** `firesteel sandbox`: the embedded API server with the CRD, and the simulated node, until the process is asked to end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sparkApplicationCrd } from '../api/crd.js';
import { systemClock } from '../clock.js';
import { FiresteelError } from '../errors.js';
import { createObject } from '../kube/api-client.js';
import { HttpApiClient } from '../kube/http-api-client.js';
import type { Resource } from '../kube/resources.js';
import { createLogger } from '../log.js';
import { SandboxApiServer } from '../sandbox/api-server/server.js';
import { SimulatedNode } from '../sandbox/simulated-node.js';
import { untilAborted } from './cluster-session.js';
import type { Command } from './command.js';
import { readFlags } from './flags.js';

const customResourceDefinitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};

export const sandbox: Command = async (args, io) => {
  const values = readFlags(['port', 'write-kubeconfig', 'log-level'], args, io.environment);
  const parts = { clock: systemClock, random: Math.random, logger: createLogger(values['log-level']) };
  const server = new SandboxApiServer(parts);
  const { url } = await server.listen(values.port);
  const folder =
    values['write-kubeconfig'] === undefined ? mkdtempSync(join(tmpdir(), 'firesteel-sandbox-')) : undefined;
  const client = new HttpApiClient({ server: url, authorization: async () => undefined });
  const node = new SimulatedNode({ client, ...parts });
  try {
    const file = values['write-kubeconfig'] ?? join(folder ?? '', 'kubeconfig');
    writeKubeconfig(file, server.kubeconfig());
    await createObject(client, customResourceDefinitions, undefined, sparkApplicationCrd());
    node.start();
    io.out(`export KUBECONFIG=${file}\n`);
    await untilAborted(io.signal);
  } finally {
    await node.stop();
    await client.close();
    await server.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
  return 0;
};

function writeKubeconfig(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (cause) {
    throw new FiresteelError('FILE_UNREADABLE', `the kubeconfig can not be written to ${file}`, { cause });
  }
}
