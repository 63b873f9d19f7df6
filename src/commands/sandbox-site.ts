/** A cluster of one's own, in this process: the embedded API server with the CRD, and the simulated node. */
import { sparkApplicationCrd } from '../api/crd.js';
import { systemClock } from '../clock.js';
import { createObject } from '../kube/api-client.js';
import { HttpApiClient } from '../kube/http-api-client.js';
import { customResourceDefinitions } from '../kube/resources.js';
import type { Logger } from '../log.js';
import { SandboxApiServer } from '../sandbox/api-server/server.js';
import { SimulatedNode } from '../sandbox/simulated-node.js';

export interface SandboxSite {
  readonly client: HttpApiClient;
  /** For kubectl. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/**
 * @param port 0: any that is free
 * @throws {FiresteelError} PORT_UNAVAILABLE
 */
export async function startSandboxSite(logger: Logger, port: number): Promise<SandboxSite> {
  const parts = { clock: systemClock, random: Math.random, logger };
  const server = new SandboxApiServer(parts);
  const { url } = await server.listen(port);
  const client = new HttpApiClient({ server: url, authorization: async () => undefined });
  const node = new SimulatedNode({
    client,
    ...parts,
    onLog: ({ namespace, name }, container, lines) => server.setLogs(namespace, name, container, lines),
  });
  await createObject(client, customResourceDefinitions, undefined, sparkApplicationCrd());
  node.start();
  return {
    client,
    kubeconfig: server.kubeconfig(),
    async stop() {
      await node.stop();
      await client.close();
      await server.close();
    },
  };
}
