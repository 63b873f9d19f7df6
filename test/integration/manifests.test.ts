/** The tables of manifests, against what an API server with our CRD says of them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { withoutNulls } from '../../src/api/json-limits.js';
import { sparkApplications } from '../../src/kube/resources.js';
import { invalidManifests } from '../manifests/invalid-manifests.js';
import { manifest } from '../manifests/spark-pi.js';
import { validManifests } from '../manifests/valid-manifests.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
before(async () => {
  site = await IntegrationSite.open('manifests');
});
after(() => site.close());

const strict = { fieldValidation: 'Strict' };

/** Without what belongs to another namespace. */
function applied(spec: object, metadata: object = {}): object {
  return manifest(spec, { namespace: undefined, uid: undefined, ...metadata });
}

/** An API server writes the keys of maps in three ways; this is a fourth for all of them. */
const plain = (path: string) => path.replace(/\.?\["?(.*?)"?\]/g, '.$1');

describe('an invalid manifest is refused at apply, with the path of each field:', () => {
  for (const { what, spec = {}, metadata, problems } of invalidManifests.filter(({ by }) => by === undefined)) {
    it(what, async () => {
      const hasUnknown = problems.some(([, message]) => message.source.includes('unknown field'));
      const { body } = await site.create(sparkApplications, applied(spec, metadata), hasUnknown ? 400 : 422, strict);
      for (const [path, message] of problems) {
        const isTold = hasUnknown
          ? body.message.includes(`unknown field "${path}"`)
          : body.details.causes.some((cause) => plain(cause.field) === plain(path) && message.test(cause.message));
        assert.ok(isTold, `${path} ${message}: ${body.message} ${JSON.stringify(body.details.causes)}`);
      }
    });
  }
});

describe('a valid manifest is accepted and read back without loss:', () => {
  for (const [index, { what, spec, metadata }] of validManifests.entries()) {
    it(what, async () => {
      const object = applied(spec, metadata ?? { name: `valid-${index}` });
      const isTemplate = (path: readonly PropertyKey[]) => path.at(-1) === 'template';
      const { body } = await site.create(sparkApplications, object, 201, strict);
      assert.deepEqual(
        (await site.get(sparkApplications, body.metadata.name)).body['spec'],
        Object(withoutNulls(object, isTemplate))['spec'],
      );
      await site.remove(sparkApplications, body.metadata.name);
    });
  }
});

describe('what only the operator refuses', () => {
  for (const { what, spec = {}, metadata } of invalidManifests.filter(({ by }) => by === 'operator')) {
    it(`passes an API server: ${what}`, async () => {
      await site.create(sparkApplications, applied(spec, metadata), 201, { ...strict, dryRun: 'All' });
    });
  }
});
