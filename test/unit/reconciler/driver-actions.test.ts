/** What the release of a driver does with objects that are there already. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DriverActions } from '../../../reconciler/driver-actions.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import type { ApiClient, ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import { application, driverPod, present, seen as seenWith, spec, submittedStatus } from './applications.js';

const claim = 'spark.kubernetes.driver.volumes.persistentVolumeClaim.work.';
const withClaim = {
  ...spec,
  sparkConf: {
    [`${claim}mount.path`]: '/work',
    [`${claim}options.claimName`]: 'data',
    [`${claim}options.storageClass`]: 'standard',
    [`${claim}options.sizeLimit`]: '1Gi',
  },
};

/** An API server on which everything can be created but a claim named `data`, which is there as `metadata` says. */
class ServerWithClaim implements ApiClient {
  readonly created: string[] = [];

  constructor(private readonly metadata: object) {}

  async request({ method, path, body }: ApiRequest): Promise<unknown> {
    const isClaim = path.includes('/persistentvolumeclaims');
    if (method === 'GET' && isClaim) {
      const metadata = { name: 'data', uid: 'c', resourceVersion: '1', ...this.metadata };
      return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata };
    }
    if (method === 'GET') throw new ApiError(path, 404, { reason: 'NotFound' });
    if (isClaim) throw new ApiError(path, 409, { reason: 'AlreadyExists' });
    this.created.push(path);
    return body;
  }

  async *lines(): AsyncGenerator<string> {}
}

async function release(metadata: object) {
  const server = new ServerWithClaim(metadata);
  const actions = new DriverActions(
    server,
    { master: 'k8s://https://h', podMutation: 'webhook' },
    () => '0123456789abcdef',
  );
  const record = application(submittedStatus('pod-uid'), { spec: withClaim });
  const seen = seenWith(present(driverPod()));
  return { server, seen: await actions.carryOut({ kind: 'release-driver' }, record, seen) };
}

const ownedBy = (uid: string) => ({ ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'pi-driver', uid }] });
const configMap = (path: string) => path.endsWith('/configmaps');

describe('a look at what Kubernetes has warned of', () => {
  it('makes the driver that was seen before an old sight', async () => {
    const none = { metadata: { resourceVersion: '1' }, items: [] };
    const actions = new DriverActions(
      { request: async () => none, async *lines() {} },
      { master: 'k8s://https://h', podMutation: 'webhook' },
      () => '0123456789abcdef',
    );
    const pod = driverPod();
    const look = { kind: 'look-up-driver-warning', pod, since: 0 } as const;
    const seen = await actions.carryOut(look, application(submittedStatus('pod-uid')), seenWith(present(pod)));
    assert.deepEqual([seen.driver, seen.driverWarning], [{ kind: 'present', pod }, 'none']);
  });
});

describe('a claim that exists when a driver is released', () => {
  it('is the one of an earlier try where this driver owns it, and the release goes on', async () => {
    const { server, seen } = await release(ownedBy('pod-uid'));
    assert.equal(seen.released, true);
    assert.ok(server.created.some(configMap));
  });

  for (const [whose, metadata] of [
    ['owned by an earlier driver', ownedBy('another-uid')],
    ['about to go', { deletionTimestamp: '2026-11-22T12:00:00Z' }],
  ] as const) {
    it(`is waited for where it is ${whose}, and the driver does not start`, async () => {
      const { server, seen } = await release(metadata);
      assert.equal(seen.setback?.kind, 'wait');
      assert.match(seen.setback?.message ?? '', /PersistentVolumeClaim data of an earlier driver has to go first/);
      assert.equal(server.created.some(configMap), false);
    });
  }

  it("ends the submission where it is somebody else's: the driver would delete it in the end", async () => {
    const { server, seen } = await release({});
    assert.equal(seen.setback?.kind, 'refused');
    assert.match(seen.setback?.message ?? '', /data already exists and is not of this submission/);
    assert.equal(server.created.some(configMap), false);
  });
});

describe('a monitored application', () => {
  it('has the files of monitoring before anything that its driver waits for', async () => {
    const names: string[] = [];
    const client: ApiClient = {
      request: async ({ method, body }) => {
        assert.equal(method, 'POST');
        names.push(Object(body).metadata.name);
        return body;
      },
      async *lines() {},
    };
    const monitoring = {
      exposeDriverMetrics: true,
      exposeExecutorMetrics: true,
      prometheus: { jmxExporterJar: '/p/jmx.jar' },
    };
    const actions = new DriverActions(client, defaultSettings, () => '0123456789abcdef');
    const record = application(submittedStatus('pod-uid'), { spec: { ...spec, monitoring } });
    const { released } = await actions.carryOut({ kind: 'release-driver' }, record, seenWith(present(driverPod())));
    assert.equal(released, true);
    assert.equal(names[0], 'pi-prom-conf');
    assert.match(names.at(-1) ?? '', /^spark-drv-.*-conf-map$/);
  });
});
