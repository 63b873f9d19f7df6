/**
 * The Service in front of the replicas, with an EndpointSlice for each, kept as Kubernetes would: an endpoint is not ready from
 * the moment its pod is asked to end or its process is gone, or when its readiness probe has failed three times.
 */
import { networkInterfaces } from 'node:os';
import { type ApiClient, createObject, mergePatch } from '../../src/kube/api-client.js';
import { type Resource, services } from '../../src/kube/resources.js';

const endpointSlices: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
};

export const serviceName = 'firesteel-webhook';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Addresses of this machine that an EndpointSlice may hold; loopback and link-local ones are refused. */
export function endpointAddresses(): string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => name !== 'lo')
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    .map(({ address }) => address);
}

export class Endpoints {
  readonly #states = new Map<number, boolean>();

  constructor(
    private readonly client: ApiClient,
    private readonly namespace: string,
    private readonly endpoints: readonly Endpoint[],
  ) {}

  /** None of them ready yet. */
  async create(): Promise<void> {
    const port = { name: 'webhook', protocol: 'TCP' };
    await createObject(this.client, services, this.namespace, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: serviceName },
      spec: { ports: [{ ...port, port: 9443, targetPort: 'webhook' }] },
    });
    for (const [index, endpoint] of this.endpoints.entries()) {
      await createObject(this.client, endpointSlices, this.namespace, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: nameOf(index), labels: { 'kubernetes.io/service-name': serviceName } },
        addressType: 'IPv4',
        ports: [{ ...port, port: endpoint.port }],
        endpoints: [{ addresses: [endpoint.address], conditions: { ready: false } }],
      });
    }
  }

  async setReady(index: number, ready: boolean): Promise<void> {
    const endpoint = this.endpoints[index];
    if (endpoint === undefined || this.#states.get(index) === ready) return;
    this.#states.set(index, ready);
    const body = { endpoints: [{ addresses: [endpoint.address], conditions: { ready } }] };
    await mergePatch(this.client, endpointSlices, { namespace: this.namespace, name: nameOf(index) }, body);
  }
}

function nameOf(index: number): string {
  return `${serviceName}-${index}`;
}
