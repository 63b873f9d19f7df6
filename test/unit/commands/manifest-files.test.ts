import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readApplicationDocuments } from '../../../src/commands/application-file.js';
import { readManifests } from '../../../src/commands/manifest-files.js';
import { temporaryFiles } from './temporary-files.js';

const file = temporaryFiles();

/** Each holds the one before it, two hundred levels down. */
const aliases = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `a${index + 1}: &a${index + 1} ${'['.repeat(200)}*a${index}${']'.repeat(200)}\n`,
  ).join('');

const readPlaces = (path: string) => readManifests(path).map(({ place, object }) => ({ place, object }));

describe('a file of manifests', () => {
  it('holds any number of documents, each with the line where it begins', () => {
    const path = file('many.yaml', '# first\na: 1\n---\n\n# second\nb: &x 2\nc: *x\n---\n---\n{"d": "\\u00e9"}\n');
    assert.deepEqual(readPlaces(path), [
      { place: `${path}:2`, object: { a: 1 } },
      { place: `${path}:6`, object: { b: 2, c: 2 } },
      { place: `${path}:10`, object: { d: 'é' } },
    ]);
  });

  it('may be JSON, also written with tabs', () => {
    const path = file('one.json', '{\n\t"a": [1, 2],\n\t"b": "\\ud83d\\ude00"\n}');
    assert.deepEqual(readPlaces(path), [{ place: `${path}:1`, object: { a: [1, 2], b: '😀' } }]);
  });

  for (const [what, text] of [
    ['empty', ''],
    ['nothing but comments', '# a\n---\n# b\n'],
  ] as const) {
    it(`has no documents when it is ${what}`, () => assert.deepEqual(readManifests(file('nothing.yaml', text)), []));
  }

  const faults: readonly (readonly [what: string, text: string, line: number, message: RegExp])[] = [
    ['a list that does not end', 'a:\n  - b\nc: [1,\n', 4, /^Flow sequence/],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 3, /Map keys must be unique$/],
    ['an alias without its anchor', 'x: 1\n---\na: 1\nb:\n  c: *b\n', 5, /^Unresolved alias: there is no anchor b/],
    ['an alias before its anchor', 'a: *b\nb: &b 1\n', 1, /^Unresolved alias/],
    ['an alias inside of its anchor', 'a: &a\n  - b\n  - *a\n', 3, /^the alias a stands inside/],
    ['a list as a key', 'a: 1\n? [b]\n: c\n', 2, /^a key must be a text/],
    ['a list as a key by an alias', 'a: &a [b]\nb:\n  *a : c\n', 3, /^a key must be a text/],
    ['nothing as a key', 'a: 1\n~: c\n', 2, /^a key must be a text/],
    ['flow lists nested too deeply', `a:\n  ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`, 2, /^nested too deeply$/],
    ['JSON nested too deeply', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 1, /^nested too deeply$/],
    ['block lists nested too deeply', `a: 1\nb:\n ${'- '.repeat(5_000)}x\n`, 3, /^nested too deeply$/],
    ['aliases nested too deeply', `a0: &a0 [x]\n${aliases(5)}`, 1, /^nested too deeply$/],
    ['tabs for spaces', 'a:\n\tb: 1\n', 2, /[Tt]ab/],
  ];
  for (const [what, text, line, message] of faults) {
    it(`is refused with its line for ${what}`, () => {
      const path = file('faulty.yaml', text);
      assert.throws(
        () => readManifests(path),
        (error) => {
          assert.ok(error instanceof Error && 'code' in error);
          assert.equal(error.code, 'FILE_UNREADABLE');
          assert.ok(error.message.startsWith(`${path}:${line}: `), error.message);
          assert.match(error.message.slice(`${path}:${line}: `.length), message);
          assert.ok(!error.message.includes('\n'));
          return true;
        },
      );
    });
  }

  it('warns of nothing behind our back', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error) => warnings.push(warning);
    process.on('warning', collect);
    assert.throws(() => readManifests(file('keys.yaml', '? [a]\n: b\n')), { code: 'FILE_UNREADABLE' });
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', collect);
    assert.deepEqual(warnings, []);
  });

  it('is refused when it is not UTF-8', () => {
    const path = file('latin.yaml', '');
    writeFileSync(path, Buffer.from('a: b\nc: caf\u00e9\n', 'latin1'));
    assert.throws(() => readManifests(path), { code: 'FILE_UNREADABLE', message: `${path}:2: the text is not UTF-8` });
  });

  it('tells the line of a field, through aliases and keys that are no texts too', () => {
    const [document] = readManifests(file('keys.yaml', 'a: &a\n  b: 1\n8: c\nyes: d\ne: *a\nf: [1,\n  2]\n'));
    const line = (...path: PropertyKey[]) => document?.placeOf(path).split(':').at(-1);
    assert.deepEqual([line('8'), line('true'), line('e', 'b'), line('f', 1), line('g')], ['3', '4', '2', '7', '1']);
  });

  it('is refused when its aliases would multiply without end', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join()}]`);
    }
    const path = file('bomb.yaml', lines.join('\n'));
    assert.throws(() => readManifests(path), { code: 'FILE_UNREADABLE', message: /:1: Excessive alias count/ });
  });

  it('that is not there, or a folder, is told by name', () => {
    assert.throws(() => readManifests('/nowhere/a.yaml'), {
      code: 'FILE_UNREADABLE',
      message: /^\/nowhere\/a\.yaml: ENOENT/,
    });
    assert.throws(() => readManifests('.'), { code: 'FILE_UNREADABLE', message: /^\.: EISDIR/ });
  });
});

describe('a list in a file', () => {
  it('is opened, also inside of another one, with the line of each item and of its fields', () => {
    const text =
      'kind: List\nitems:\n  - kind: A\n    spec:\n      x: 1\n  - kind: List\n    items:\n      - kind: B\n';
    const path = file('list.yaml', text);
    const documents = readManifests(path);
    assert.deepEqual(
      documents.map(({ place, object }) => ({ place, kind: Object(object).kind })),
      [
        { place: `${path}:3`, kind: 'A' },
        { place: `${path}:8`, kind: 'B' },
      ],
    );
    assert.equal(documents[0]?.placeOf(['spec', 'x']), `${path}:5`);
  });

  it('of one kind gives its items that kind', () => {
    const text = 'apiVersion: v1\nkind: RoleList\nitems: [{metadata: {name: a}}, {kind: X}]\n';
    assert.deepEqual(
      readManifests(file('roles.yaml', text)).map(({ object }) => object),
      [{ apiVersion: 'v1', kind: 'Role', metadata: { name: 'a' } }, { kind: 'X' }],
    );
  });

  it('that is a field of something else stays closed', () => {
    const object = { kind: 'Menu', items: [1] };
    assert.deepEqual(
      readManifests(file('menu.yaml', JSON.stringify(object))).map((document) => document.object),
      [object],
    );
  });
});

describe('the applications of a file', () => {
  const kinds = (text: string) => readApplicationDocuments(file('applications.yaml', text)).length;

  it('are found among other objects', () => {
    assert.equal(kinds('kind: ConfigMap\n---\nkind: SparkApplication\n---\nkind: Role\n'), 1);
  });

  it('are also what was meant to be one', () => {
    assert.equal(kinds('apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkAplication\n'), 1);
    assert.equal(kinds('spec: {}\n'), 1);
    assert.equal(kinds('- a\n'), 1);
  });

  it('must be there', () => {
    assert.throws(() => kinds('kind: ConfigMap\n'), {
      code: 'FILE_UNREADABLE',
      message: /there is no SparkApplication/,
    });
    assert.throws(() => kinds(''), { code: 'FILE_UNREADABLE', message: /there is no SparkApplication/ });
  });
});
