import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { apiReference } from '../../../scripts/api-reference.js';
import { sparkApplicationCrd } from '../../../src/api/crd.js';
import { schemaFields } from './crd-fields.js';

describe('docs/api.md', () => {
  const page = apiReference();

  it('is what the schemas say', () => {
    const file = readFileSync(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
    assert.equal(file, page, 'run: npm run api-docs');
  });

  it('has every field of the CRD, and a description for each', () => {
    for (const { path } of schemaFields(sparkApplicationCrd())) {
      const name = path.at(-1) ?? '[]';
      if (!['spec', 'status'].includes(path[0] ?? '') || path.length < 2 || /^\W+$/.test(name)) continue;
      const rows = page.split('\n').filter((line) => line.startsWith(`| \`${name}\``));
      assert.ok(rows.length > 0, path.join('.'));
    }
    const bare = page.split('\n').filter((line) => line.startsWith('| `') && /\| (undefined|.{0,4}) \|$/.test(line));
    assert.deepEqual(bare, []);
  });

  it('links only to types that it has', () => {
    const targets = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, target]) => target);
    const headings = new Set([...page.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading?.toLowerCase()));
    assert.ok(targets.length > 50);
    assert.deepEqual(
      targets.filter((target) => !headings.has(target)),
      [],
    );
  });
});
