/** The property that makes one of the CRD and what is checked in process: both refuse the same manifests. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import fc from 'fast-check';
import { admitSparkApplication } from '../../src/api/spark-application.js';
import { ApiError } from '../../src/kube/api-error.js';
import { sparkApplications } from '../../src/kube/resources.js';
import { arbitraryManifests } from '../manifests/arbitrary-manifests.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('property');
});
after(() => site.close());

/** What the API server says against it; undefined where it takes the object. */
async function refusal(object: object): Promise<string | undefined> {
  const query = { dryRun: 'All', fieldValidation: 'Strict' };
  try {
    await site.client.request({ method: 'POST', path: site.pathOf(sparkApplications), query, body: object });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && [400, 422].includes(error.status)) return error.message;
    throw error;
  }
}

/** More by hand: `ADMISSION_RUNS=20000`. */
const runs = { numRuns: Number(process.env['ADMISSION_RUNS'] ?? 500) };

it('whatever an API server refuses is refused in process, and nothing else', async () => {
  const counts = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(arbitraryManifests, async (object) => {
      const reading = admitSparkApplication(object);
      const said = await refusal(object);
      counts[said === undefined ? 'accepted' : 'refused'] += 1;
      const problems = reading.ok ? 'accepted' : JSON.stringify(reading.problems);
      assert.equal(reading.ok, said === undefined, `in process: ${problems}; API server: ${said ?? 'accepted'}`);
    }),
    runs,
  );
  assert.ok(Math.min(counts.accepted, counts.refused) > runs.numRuns / 10, JSON.stringify(counts));
});
