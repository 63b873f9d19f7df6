/** What can be said of the chart without Helm. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { chartValuesTable } from '../../../scripts/chart-values.js';
import { timeoutFlags } from '../../../src/api/timeouts.js';
import { rightSelectors, wrongSelectors } from '../api/label-selectors.js';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const chart = (path: string) => read(`charts/firesteel/${path}`);

interface Schema {
  readonly properties?: Readonly<Record<string, Schema | true>>;
  readonly additionalProperties?: unknown;
  readonly pattern?: string;
}

const schemaAt = (path: readonly string[]): Schema | true | undefined =>
  path.reduce<Schema | true | undefined>(
    (schema, key) => (schema === true ? undefined : schema?.properties?.[key]),
    JSON.parse(chart('values.schema.json')) as Schema,
  );

function paths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, inner]) => paths(inner, [...path, key]));
}

describe('the chart', () => {
  it('has each value in its README, with default and meaning', () => {
    assert.ok(chart('README.md').endsWith(chartValuesTable(chart('values.yaml'))), 'run: npm run chart-readme');
    assert.doesNotMatch(chart('README.md'), /\| {2}\|$/m);
  });

  it('has each timeout of the reconciler in its schema', () => {
    const timeouts = schemaAt(['controller', 'timeouts']);
    assert.deepEqual(Object.keys(timeouts === true ? {} : (timeouts?.properties ?? {})).sort(), timeoutFlags.sort());
  });

  it('refuses values of the peer in words, not by the schema, and none of its own', () => {
    const refused = z.record(z.string(), z.string()).parse(parse(chart('refused-values.yaml')));
    const own = new Set(paths(parse(chart('values.yaml'))).map((path) => path.join('.')));
    for (const path of Object.keys(refused)) {
      assert.equal(schemaAt(path.split('.')), true, path);
      assert.ok(![...own].some((value) => value === path || value.startsWith(`${path}.`)), path);
    }
  });

  it('takes the selectors of namespaces that the reconciler takes, and no others', () => {
    const selector = schemaAt(['spark', 'jobNamespaceSelector']);
    const pattern = new RegExp((selector !== true && selector?.pattern) || '(?!)');
    for (const [text] of rightSelectors) assert.match(text, pattern);
    // An empty value is no selector.
    for (const [text] of wrongSelectors) if (text !== '') assert.doesNotMatch(text, pattern);
  });

  it('tells those who come from the peer of each value that it refuses, in the words of the refusal', () => {
    const refused = z.record(z.string(), z.string()).parse(parse(chart('refused-values.yaml')));
    const rows = Object.entries(refused).map(([path, reason]) => `| \`${path}\` | ${reason} |`);
    assert.ok(read('docs/migrate.md').endsWith(`|---|---|\n${rows.join('\n')}\n`), 'write the values anew');
  });

  it('has the version of the package', () => {
    const { version } = z.looseObject({ version: z.string() }).parse(JSON.parse(read('package.json')));
    const manifest = z.looseObject({ version: z.string(), appVersion: z.string() }).parse(parse(chart('Chart.yaml')));
    assert.deepEqual([manifest.version, manifest.appVersion], [version, version]);
  });
});
