import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readApplicationDocuments } from '../../../src/commands/application-file.js';
import { readManifests } from '../../../src/commands/manifest-files.js';
import { temporaryFiles } from './temporary-files.js';

const file = temporaryFiles();

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
    ['an alias without its anchor', 'x: 1\n---\na: *b\n', 3, /Unresolved alias/],
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
