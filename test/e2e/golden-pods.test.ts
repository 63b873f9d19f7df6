/** The API server's own word on the recorded pods: what the webhook makes of them can be created. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pods, resourcePath } from '../../src/kube/resources.js';
import { isJsonObject, type JsonObject } from '../../src/pod/json.js';
import { mutatePod } from '../../src/pod/mutation.js';
import { goldenPods, type RecordedPod, taggedPod } from '../unit/pod/golden-pods.js';
import { eventually } from './eventually.js';
import { applyPriorityClass } from './priority-class.js';
import { Site } from './site.js';

/** What the recordings name. The values are those that their pods carry, computed by the server that they come from. */
const classes = { 'spark-high': 1_000, 'spark-low': 10 };

const cases = goldenPods();
/** Neither tagged nor sound: nothing is said about them. */
const denied = new Set(['pod-no-containers', 'volumes-undeclared']);

function inNamespace(pod: JsonObject, namespace: string): JsonObject {
  const metadata = isJsonObject(pod['metadata']) ? pod['metadata'] : {};
  return { ...pod, metadata: { ...metadata, namespace } };
}

describe('the recorded pods, mutated,', () => {
  let site: Site;
  before(async () => {
    site = await Site.open('e2e-golden');
    await site.createServiceAccount('spark');
    for (const [name, value] of Object.entries(classes)) await applyPriorityClass(site.client, name, value);
    await eventually('the priority classes to be known', () => accepted(podOf('priority-class-name')).then(() => true));
  });
  after(() => site.close());

  const podOf = (name: string): JsonObject => {
    const golden = cases.find((candidate) => candidate.name === name);
    const recorded = golden?.pods[0];
    assert.ok(golden !== undefined && recorded !== undefined, name);
    return mutatePod(taggedPod(golden, recorded)).pod;
  };

  async function accepted(pod: JsonObject): Promise<void> {
    const { namespace, client } = site;
    const path = resourcePath(pods, { namespace });
    await client.request({ method: 'POST', path, query: { dryRun: 'All' }, body: inNamespace(pod, namespace) });
  }

  /** Faults of the user, which the API server reports: the recording says so, and it is no fault of the peer. */
  const isRefused = (fault: string | null, { apiServer }: RecordedPod) =>
    apiServer.podIn !== null || (fault === null && apiServer.podOut !== null);

  for (const golden of cases.filter(({ name }) => !denied.has(name))) {
    for (const recorded of golden.pods) {
      const refused = isRefused(golden.fault, recorded);
      it(`${refused ? 'are refused for what the user asks for' : 'are accepted'}: ${golden.name} (${recorded.role})`, async () => {
        const asking = accepted(mutatePod(taggedPod(golden, recorded)).pod);
        if (refused) await assert.rejects(asking);
        else await asking;
      });
    }
  }
});
