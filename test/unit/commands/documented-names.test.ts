/** Commands that documents name in the middle of a sentence exist. Those in blocks are run (test/e2e/documented-commands). */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { commandFlags } from '../../../src/commands/command-flags.js';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const documents = [
  'README.md',
  'charts/firesteel/README.md',
  ...readdirSync(new URL('docs', root)).map((name) => `docs/${name}`),
];
const { scripts } = z
  .looseObject({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

/** The first groups of a pattern, over all documents, with their places. */
function named(pattern: RegExp): [name: string, document: string][] {
  return documents.flatMap((document) =>
    [...read(document).matchAll(pattern)].map((match): [string, string] => [match[1] ?? '', document]),
  );
}

describe('the documents name no', () => {
  it('script of npm that is not there', () => {
    const found = named(/\bnpm run (?:--silent )?([\w:-]+)/gu);
    assert.ok(found.length > 10);
    assert.deepEqual(
      found.filter(([name]) => scripts[name] === undefined),
      [],
    );
  });

  it('benchmark that is not there', () => {
    const found = named(/npm run bench -- ([\w-]+)/gu);
    assert.ok(found.length > 3);
    assert.deepEqual(
      found.filter(([name]) => !existsSync(new URL(`test/bench/${name}.ts`, root))),
      [],
    );
  });

  it('command of firesteel that is not there', () => {
    const found = named(/(?:`|npx )firesteel ([a-z][a-z-]*)/gu);
    assert.ok(found.length > 10);
    assert.deepEqual(
      found.filter(([name]) => !(name in commandFlags) && !others.has(name)),
      [],
    );
  });

  it('file of the project that is not there', () => {
    const found = named(/`((?:examples|charts|test|src|docs)\/[\w./-]+)`/gu);
    assert.ok(found.length > 10);
    assert.deepEqual(
      found.filter(([path]) => !['', '.ts'].some((ending) => existsSync(new URL(`${path}${ending}`, root)))),
      [],
    );
  });
});

describe('docs/operations.md', () => {
  it('tells of each event on an application', () => {
    const source = read('reconciler/application-events.ts');
    const reasons = [...source.matchAll(/'(Spark(?:Application|Driver|Executor|Pod)[A-Z]\w+)'/gu)].map(
      ([, reason]) => reason,
    );
    assert.ok(reasons.length > 20);
    const operations = read('docs/operations.md');
    assert.deepEqual(
      reasons.filter((reason) => !operations.includes(`\`${reason}\``)),
      [],
    );
  });
});

/** Without flags of ours. */
const others = new Set(['help', 'spark-submit', 'crds']);
