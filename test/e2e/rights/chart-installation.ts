/**
 * A release of the chart on an API server without nodes: helm renders it, what it renders is applied, and its containers run
 * as processes here, with the flags of the Deployments and the tokens of their service accounts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { z } from 'zod';
import { renderChart } from '../../../scripts/chart-rendering.js';
import { applyManifest } from '../../../src/commands/apply-manifest.js';
import { deleteObject, mergePatch } from '../../../src/kube/api-client.js';
import { isNotFound } from '../../../src/kube/api-error.js';
import type { Connection } from '../../../src/kube/connection.js';
import type { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { mutatingWebhookConfigurations } from '../../../src/kube/resources.js';
import { podMutationPath } from '../../../webhook/registration.js';
import { freePort } from '../free-port.js';
import { OperatorProcess, projectRoot } from '../operator-process.js';

export interface InstallationOptions {
  readonly helm: string;
  readonly client: HttpApiClient;
  readonly connection: Connection;
  /** Of the release, and of its namespace. */
  readonly name: string;
  /** For kubeconfigs. */
  readonly folder: string;
  readonly values: object;
}

type Flags = Record<string, string | number>;
type Command = 'webhook' | 'reconciler';

const deploymentSchema = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.array(z.object({ name: z.enum(['webhook', 'reconciler']), args: z.array(z.string()) })),
      }),
    }),
  }),
});

const registrationSchema = z.object({ webhooks: z.array(z.looseObject({ clientConfig: z.unknown() })) });
const tokenSchema = z.looseObject({ status: z.looseObject({ token: z.string() }) });

export class ChartInstallation {
  readonly objects: readonly object[];
  readonly #options: InstallationOptions;
  readonly #processes = new Map<Command, OperatorProcess>();

  constructor(options: InstallationOptions) {
    this.#options = options;
    const { helm, name, values } = options;
    const chart = join(projectRoot, 'charts/firesteel');
    const rendered = renderChart({ helm, chart, release: name, namespace: name, values });
    this.objects = parseAllDocuments(rendered).flatMap((document) => document.toJS() ?? []);
  }

  /** Name of the webhook, of its registration and of most of what belongs to it. */
  get webhookName(): string {
    return `${this.#options.name}-webhook`;
  }

  get secretName(): string {
    return `${this.#options.name}-webhook-ca`;
  }

  get leaseName(): string {
    return `${this.#options.name}-reconciler`;
  }

  /** Names of the service accounts of the two processes, with their namespace before. */
  get accounts(): ReadonlySet<string> {
    return new Set(this.#containers().map(({ account }) => `${this.#options.name}:${account}`));
  }

  /** Has both processes at work. */
  async install(): Promise<void> {
    const { client } = this.#options;
    for (const object of this.objects) await applyManifest(client, { object, place: 'the chart' });
    const port = await freePort();
    await this.#registerAt(`https://127.0.0.1:${port}${podMutationPath}`);
    await this.start('webhook', { 'webhook-port': port, 'webhook-ca-overlap': '1s', 'webhook-drain-delay': '1s' });
    await this.start('reconciler', { 'metrics-bind-address': '0' });
  }

  /** As the Deployment starts it; `flags` win. */
  async start(command: Command, flags: Flags): Promise<void> {
    await this.#processes.get(command)?.stop();
    const container = this.#containers().find(({ name }) => name === command);
    if (container === undefined) throw new Error(`the chart has no container ${command}`);
    const kubeconfig = await this.kubeconfigOf(this.#options.name, container.account);
    const process = new OperatorProcess(command, {
      ...flagsOf(container.args),
      'log-level': 'debug',
      'health-probe-bind-address': '0',
      kubeconfig,
      ...flags,
    });
    this.#processes.set(command, process);
    await process.ready();
  }

  /** A file with nothing but the token of that service account. */
  async kubeconfigOf(namespace: string, account: string): Promise<string> {
    const { client, connection } = this.#options;
    const answer = await client.request({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    });
    const path = join(this.#options.folder, `${namespace}-${account}`);
    writeFileSync(path, kubeconfig(connection, tokenSchema.parse(answer).status.token), { mode: 0o600 });
    return path;
  }

  tail(): string {
    return [...this.#processes.values()].map((process) => process.tail()).join('\n');
  }

  /** Ends the processes, and no pod asks for them any more. */
  async stop(): Promise<void> {
    await deleteObject(this.#options.client, mutatingWebhookConfigurations, { name: this.webhookName }).catch(
      (error: unknown) => {
        if (!isNotFound(error)) throw error;
      },
    );
    for (const process of this.#processes.values()) await process.stop();
  }

  /** No Service leads to processes on this machine. */
  async #registerAt(url: string): Promise<void> {
    const registration = this.objects
      .map((object) => registrationSchema.safeParse(object).data)
      .find((found) => found !== undefined);
    const webhooks = registration?.webhooks.map((webhook) => ({ ...webhook, clientConfig: { url } }));
    await mergePatch(this.#options.client, mutatingWebhookConfigurations, { name: this.webhookName }, { webhooks });
  }

  #containers(): { name: Command; args: string[]; account: string }[] {
    return this.objects
      .flatMap((object) => deploymentSchema.safeParse(object).data ?? [])
      .flatMap(({ spec: { template } }) =>
        template.spec.containers.map((container) => ({ ...container, account: template.spec.serviceAccountName })),
      );
  }
}

function flagsOf(args: readonly string[]): Flags {
  const pairs = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => [arg.slice(2, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]);
  return Object.fromEntries(pairs);
}

function kubeconfig({ server, ca }: Connection, token: string): string {
  const authority = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...authority } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}
