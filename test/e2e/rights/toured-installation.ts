/** A release of the chart with namespaces for applications, whose simulated drivers have the rights of drivers and no more. */
import { systemClock } from '../../../src/clock.js';
import { mergePatch } from '../../../src/kube/api-client.js';
import { connect } from '../../../src/kube/connection.js';
import { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { namespaces } from '../../../src/kube/resources.js';
import { silentLogger } from '../../../src/log.js';
import { SimulatedNode } from '../../../src/sandbox/simulated-node.js';
import { applyManifest } from '../manifests.js';
import { Site } from '../site.js';
import { ChartInstallation } from './chart-installation.js';
import type { InstallationKind } from './installation-kinds.js';
import { stopReleaseByQuota, takeTour } from './tour.js';

export interface TouredInstallationOptions {
  readonly kubeconfig: string;
  readonly helm: string;
  /** For files. */
  readonly folder: string;
  /** Of the release; it begins with the chart's, so that the names of its objects begin with it. */
  readonly name: string;
  readonly kind: InstallationKind;
}

export class TouredInstallation {
  readonly chart: ChartInstallation;
  readonly #name: string;
  readonly #kind: InstallationKind;
  readonly #nodes: { node: SimulatedNode; driverClient: HttpApiClient }[] = [];

  private constructor(
    readonly site: Site,
    /** For what stops everything in a namespace. */
    readonly secondSite: Site,
    { helm, folder, name, kind }: TouredInstallationOptions,
  ) {
    this.#name = name;
    this.#kind = kind;
    const { client, connection } = site;
    const values = kind.values([site.namespace, secondSite.namespace]);
    this.chart = new ChartInstallation({ helm, folder, client, connection, name, values });
  }

  static async open(options: TouredInstallationOptions): Promise<TouredInstallation> {
    const { kubeconfig, name, kind } = options;
    const site = await Site.open(`${name}-a`, 'real', kubeconfig);
    const secondSite = await Site.open(`${name}-b`, 'real', kubeconfig);
    for (const { namespace } of [site, secondSite]) {
      await mergePatch(site.client, namespaces, { name: namespace }, { metadata: { labels: kind.labels } });
    }
    return new TouredInstallation(site, secondSite, options);
  }

  async install(): Promise<void> {
    await this.chart.install();
    for (const each of [this.site, this.secondSite]) await this.#startNode(each);
  }

  get driverAccount(): string {
    return this.#kind.makesDriverAccounts ? `${this.#name}-spark` : 'spark';
  }

  /** Does everything that the operator can do. */
  async tour(): Promise<void> {
    const { site, secondSite, driverAccount } = this;
    const driver = { serviceAccount: driverAccount };
    await Promise.all([
      takeTour({ site, chart: this.chart, namespace: this.#name, serviceAccount: driverAccount }),
      stopReleaseByQuota(secondSite, driverAccount),
    ]);
    await this.chart.start('reconciler', { 'metrics-bind-address': '0', 'pod-mutation': 'template' });
    await site.submit('without-webhook', { driver: { ...driver, env: [{ name: 'A', value: '1' }] } });
    await site.untilState('without-webhook', 'COMPLETED');
  }

  /** Whose driver does not start and says nothing about it. */
  async submitSilent(name: string): Promise<void> {
    const configMaps = [{ name: 'not-there', path: '/none' }];
    await this.site.submit(name, { driver: { serviceAccount: this.driverAccount, configMaps } });
  }

  /** After half a minute the events of such a driver are looked at. */
  async untilItSays(name: string, message: RegExp): Promise<void> {
    await this.site.untilMessage(name, message);
  }

  async close(): Promise<void> {
    await this.chart.stop();
    for (const { node, driverClient } of this.#nodes) {
      await node.stop();
      await driverClient.close();
    }
    for (const each of [this.site, this.secondSite]) await each.close();
  }

  async #startNode({ client, namespace }: Site): Promise<void> {
    if (!this.#kind.makesDriverAccounts) await applyManifest(client, 'examples/driver-rights.yaml', namespace);
    const kubeconfig = await this.chart.kubeconfigOf(namespace, this.driverAccount);
    const driverClient = new HttpApiClient(await connect({ kubeconfig }, {}));
    const logger = silentLogger;
    const node = new SimulatedNode({
      client,
      driverClient,
      clock: systemClock,
      random: Math.random,
      logger,
      namespace,
    });
    node.start();
    this.#nodes.push({ node, driverClient });
  }
}
