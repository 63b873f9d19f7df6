import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { unsupportedFields } from '../../../src/api/not-supported-yet.js';

const page = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8');
const section = /## Not supported yet\n\n(.*?)\n\n/s.exec(page)?.[1] ?? '';

describe('docs/compatibility.md', () => {
  it('names exactly the fields that are not supported yet', () => {
    const named = [...section.matchAll(/`([A-Za-z]+)[^`]*`/g)].map(([, field]) => field ?? '');
    const fields = named.filter((field) => !['Never', 'spark'].includes(field));
    assert.deepEqual([...new Set(fields)].sort(), [...new Set(unsupportedFields)].sort());
  });
});
