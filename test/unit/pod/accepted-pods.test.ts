import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { annotationPrefix, appliedAnnotation } from '../../../src/api/labels.js';
import { concerns } from '../../../src/pod/concerns.js';
import { canonicalJson } from '../../../src/pod/json.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { version } from '../../../src/version.js';
import { projectRoot } from '../../e2e/operator-process.js';
import { podsWithEverything } from './everything.js';

const annotations = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()) }),
});
const recordings = z.array(z.looseObject({ podIn: annotations, podOut: z.looseObject({}) })).min(1);

const folder = join(projectRoot, 'test/accepted-pods');
const numeric = (text: string) => text.split(/[.-]/).map(Number);

/** Oldest first. */
const versions = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))
  .sort((a, b) => numeric(a).reduce((order, part, index) => order || part - (numeric(b)[index] ?? 0), 0));

const recordedBy = (release: string) =>
  recordings.parse(JSON.parse(readFileSync(join(folder, `${release}.json`), 'utf8')));

/** Names of the annotations of some pods. */
function namesIn(pods: readonly { metadata: { annotations: object } }[]): string[] {
  const keys = pods.flatMap(({ metadata }) => Object.keys(metadata.annotations));
  const ours = keys.filter((key) => key.startsWith(annotationPrefix) && key !== appliedAnnotation);
  return [...new Set(ours.map((key) => key.slice(annotationPrefix.length)))].sort();
}

/** What the webhook of a release is known to read. */
const readBy = (release: string) => namesIn(recordedBy(release).map(({ podIn }) => podIn));

describe('pods that the webhook of a release accepted', () => {
  for (const release of versions) {
    it(`are accepted ever after, with the same result (${release})`, () => {
      for (const { podIn, podOut } of recordedBy(release)) {
        assert.equal(canonicalJson(mutatePod(podIn).pod), canonicalJson(podOut));
      }
    });
  }

  it('are recorded for this version, with each of its annotations (npm run accepted-pods)', () => {
    assert.deepEqual(readBy(version), concerns.map(({ name }) => name).sort());
  });

  it('are asked for by examples/everything.yaml, with each annotation', () => {
    assert.deepEqual(namesIn(podsWithEverything()), concerns.map(({ name }) => name).sort());
  });

  it('have every annotation that this version writes: one is read by a release before any writes it', () => {
    const before = versions.filter((release) => release !== version).at(-1) ?? version;
    const unknown = new Set(namesIn(podsWithEverything()));
    for (const name of readBy(before)) unknown.delete(name);
    assert.deepEqual([...unknown], []);
  });
});
