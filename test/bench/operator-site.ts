/** A control plane of the benchmark's own, with webhook and reconciler as the processes that users run. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createObject } from '../../src/kube/api-client.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { namespaces as namespaceResource, resourcePath, sparkApplications } from '../../src/kube/resources.js';
import { findAssets } from '../e2e/assets.js';
import { type ControlPlane, startControlPlane } from '../e2e/control-plane.js';
import { eventually } from '../e2e/eventually.js';
import { freePort } from '../e2e/free-port.js';
import { applyManifest } from '../e2e/manifests.js';
import { OperatorProcess } from '../e2e/operator-process.js';

/** As the chart sets them. */
const nursery = { webhook: '--max-semi-space-size=8', reconciler: '--max-semi-space-size=4' };
const elected = { 'leader-election': 'true', 'leader-election-lock-namespace': 'default' };

export interface OperatorSiteOptions {
  readonly namespaces: readonly string[];
  /** Whether Kubernetes collects garbage: it takes CPU. */
  readonly controllers: boolean;
  /** Of the API server. */
  readonly auditPolicy?: object;
}

export class OperatorSite {
  readonly auditLog: string;
  readonly client: HttpApiClient;
  readonly #controlPlane: ControlPlane;
  readonly #folder: string;
  readonly #operators = new Map<string, OperatorProcess>();

  private constructor(controlPlane: ControlPlane, client: HttpApiClient, folder: string) {
    this.#controlPlane = controlPlane;
    this.client = client;
    this.#folder = folder;
    this.auditLog = auditLogIn(folder);
  }

  /** Undefined where there is no API server to be had. */
  static async open(options: OperatorSiteOptions): Promise<OperatorSite | undefined> {
    const assets = findAssets();
    if (assets === undefined) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'firesteel-bench-'));
    const controlPlane = await startControlPlane(assets, {
      controllers: options.controllers,
      apiServerFlags: auditFlags(folder, options.auditPolicy),
    });
    const { kubeconfig } = controlPlane;
    const site = new OperatorSite(controlPlane, new HttpApiClient(await connect({ kubeconfig }, {})), folder);
    await site.#furnish(options.namespaces);
    return site;
  }

  get etcdUrl(): string {
    return this.#controlPlane.etcdUrl;
  }

  get kubeconfig(): string {
    return this.#controlPlane.kubeconfig;
  }

  /** Process ids by name: the programs of Kubernetes and ours. */
  get processes(): ReadonlyMap<string, number> {
    const ours = [...this.#operators].map(([name, { pid }]) => [name, pid] as const);
    return new Map([...this.#controlPlane.processes, ...ours]);
  }

  async startWebhook(): Promise<void> {
    const url = `https://127.0.0.1:${await freePort()}`;
    const port = new URL(url).port;
    await this.#start('webhook', { 'webhook-url': url, 'webhook-port': port, 'webhook-secret-namespace': 'default' }, [
      nursery.webhook,
    ]);
  }

  /** @returns milliseconds from the start of the process until it had read everything */
  async startReconciler(): Promise<number> {
    const profile = process.env['BENCH_CPU_PROFILE'];
    const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
    const begin = performance.now();
    await this.#start('reconciler', elected, [...flags, nursery.reconciler]);
    return performance.now() - begin;
  }

  /**
   * A second reconciler follows, and takes over when the first one is asked to end.
   * @returns milliseconds from that request until the second one works
   */
  async handOver(): Promise<number> {
    const flags = { kubeconfig: this.kubeconfig, ...elected };
    const candidate = new OperatorProcess('reconciler', flags, [nursery.reconciler], { HOSTNAME: 'candidate' });
    this.#operators.set('candidate', candidate);
    await candidate.ready(['reconciler follows the applications']);
    const begin = performance.now();
    await Promise.all([this.stopReconciler(), candidate.ready()]);
    const taken = performance.now() - begin;
    await candidate.stop();
    this.#operators.delete('candidate');
    return taken;
  }

  async stopReconciler(): Promise<void> {
    await this.#operators.get('reconciler')?.stop();
    this.#operators.delete('reconciler');
  }

  async close(): Promise<void> {
    for (const operator of this.#operators.values()) await operator.stop();
    await this.client.close();
    await this.#controlPlane.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(command: 'webhook' | 'reconciler', flags: Record<string, string>, nodeFlags: string[] = []) {
    const operator = new OperatorProcess(command, { kubeconfig: this.kubeconfig, ...flags }, nodeFlags);
    this.#operators.set(command, operator);
    await operator.ready();
  }

  async #furnish(namespaces: readonly string[]): Promise<void> {
    await applyManifest(this.client, 'charts/plain/crds.yaml');
    await applyManifest(this.client, 'charts/plain/policy.yaml');
    for (const name of namespaces) {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await createObject(this.client, namespaceResource, undefined, namespace);
    }
    await eventually('the CRD to be served', () =>
      this.client.request({ method: 'GET', path: resourcePath(sparkApplications) }),
    );
  }
}

function auditLogIn(folder: string): string {
  return join(folder, 'audit.log');
}

function auditFlags(folder: string, policy: object | undefined): string[] {
  if (policy === undefined) return [];
  const file = join(folder, 'audit-policy.json');
  writeFileSync(file, JSON.stringify(policy));
  return [`--audit-policy-file=${file}`, `--audit-log-path=${auditLogIn(folder)}`];
}
