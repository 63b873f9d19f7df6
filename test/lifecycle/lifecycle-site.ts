/** Where stages are set up one after another: an API server, a namespace, and a witness of all that happens there. */
import { parseTime } from '../../src/api/status.js';
import { isNotFound } from '../../src/kube/api-error.js';
import { configMaps, pods, resourcePath, sparkApplications } from '../../src/kube/resources.js';
import { eventually } from '../e2e/eventually.js';
import { IntegrationSite } from '../integration/site.js';
import { ApplicationWitness } from './application-witness.js';
import { LifecycleStage } from './lifecycle-stage.js';

export class LifecycleSite {
  readonly site: IntegrationSite;
  readonly witness: ApplicationWitness;

  private constructor(site: IntegrationSite) {
    this.site = site;
    this.witness = new ApplicationWitness(site.client, site.namespace);
  }

  static async open(subject: string): Promise<LifecycleSite> {
    const opened = new LifecycleSite(await IntegrationSite.open(subject));
    await opened.witness.start();
    opened.site.finally(() => opened.witness.stop());
    return opened;
  }

  async close(): Promise<void> {
    await this.site.close();
  }

  /** An application of that name, which must not have been there before; what is left of it goes with the stage. */
  async play(name: string, act: (stage: LifecycleStage) => Promise<void>): Promise<void> {
    const stage = new LifecycleStage(this.site, this.witness, name);
    try {
      await act(stage);
    } finally {
      await stage.stop();
      await this.#clear(stage);
    }
  }

  /** When the last of what a driver waits for was made, its ConfigMap, in milliseconds since the epoch. */
  releasedAt(stage: LifecycleStage): Promise<number> {
    return eventually('the ConfigMap of the driver', async () => {
      const { uid } = (await stage.driverPod()).metadata;
      const { items } = (await this.site.list(configMaps)).body;
      const own = items.find(({ metadata }) => JSON.stringify(metadata).includes(uid));
      return parseTime(String(own?.metadata['creationTimestamp']));
    });
  }

  /** The next operator must have nothing to do with it. */
  async #clear({ name, driverName }: LifecycleStage): Promise<void> {
    if (this.witness.statesOf(name).at(-1) !== 'deleted') await this.site.remove(sparkApplications, name);
    const present = await this.site.names(pods, { fieldSelector: `metadata.name=${driverName}` });
    for (const pod of present) await this.#letGo(pod);
    await this.witness.untilState(name, 'deleted');
  }

  /** Of a pod that a stage holds; it may be gone meanwhile. */
  async #letGo(pod: string): Promise<void> {
    try {
      const path = resourcePath(pods, { namespace: this.site.namespace, name: pod });
      const body = { metadata: { finalizers: null } };
      await this.site.client.request({ method: 'PATCH', patchType: 'merge-patch', path, body });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
