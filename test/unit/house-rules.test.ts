/** The rules of the house that no compiler checks: who may import whom, what stays pure, what is complete. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { errorCodes } from '../../src/errors.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const sourceFolders = ['src', 'webhook', 'reconciler', 'certs'] as const;

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** Paths of all files below, from the repository; what is made or fetched is left out. */
function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(repository, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !['node_modules', 'dist', '.git'].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

const typeScriptBelow = (folder: string) => filesBelow(folder).filter((path) => path.endsWith('.ts'));
const sources = sourceFolders.flatMap(typeScriptBelow);
const tests = typeScriptBelow('test');

interface Import {
  readonly importer: string;
  /** A file of the repository without its ending, or the name of a package. */
  readonly imported: string;
  readonly kind: 'value' | 'type' | 'dynamic';
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'([^']+)'/g;

function importsOf(importer: string): Import[] {
  const text = read(importer);
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? join(dirname(importer), specifier).replace(/\.js$/, '') : specifier;
  return [
    ...[...text.matchAll(statement)].map(([, type, specifier = '']) => ({
      importer,
      imported: resolve(specifier),
      kind: type === undefined ? ('value' as const) : ('type' as const),
    })),
    ...[...text.matchAll(dynamic)].map(([, specifier = '']) => ({
      importer,
      imported: resolve(specifier),
      kind: 'dynamic' as const,
    })),
  ];
}

const imports = sources.flatMap(importsOf);

/** Such as `src/kube` of `src/kube/store`. */
const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
const isOurs = (path: string) => isBelow(path, [...sourceFolders, 'test']);
const told = (list: readonly Import[]) => list.map(({ importer, imported }) => `${importer} imports ${imported}`);

describe('the imports', () => {
  it('are all found: each names a file that is there', () => {
    assert.ok(imports.length > 200, String(imports.length));
    const lost = imports.filter(({ imported }) => isOurs(imported) && !existsSync(join(repository, `${imported}.ts`)));
    assert.deepEqual(told(lost), []);
  });

  const allowed: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[] = [
    {
      from: ['webhook'],
      to: [
        ...['webhook', 'src/api', 'src/pod', 'src/kube', 'src/log', 'src/errors', 'src/clock', 'src/version', 'certs'],
        'src/metrics',
      ],
    },
    {
      from: ['reconciler'],
      to: [
        ...['reconciler', 'src/api', 'src/pod', 'src/kube', 'src/log', 'src/errors', 'src/clock', 'src/version'],
        ...['src/java-properties', 'src/metrics', 'src/recent-values', 'src/quick-check'],
      ],
    },
    { from: ['certs'], to: ['certs', 'src/kube', 'src/log', 'src/errors', 'src/clock', 'src/metrics'] },
    { from: ['src/api'], to: ['src/api', 'src/recent-values', 'src/quick-check'] },
    { from: ['src/pod'], to: ['src/pod', 'src/api', 'src/errors', 'src/recent-values', 'src/quick-check'] },
    { from: ['src/kube'], to: ['src/kube', 'src/log', 'src/errors', 'src/clock', 'src/quick-check'] },
    {
      from: ['src/log', 'src/errors', 'src/clock', 'src/metrics', 'src/version'],
      to: ['src/log', 'src/errors', 'src/clock', 'src/metrics', 'src/version'],
    },
    { from: ['src/java-properties', 'src/recent-values', 'src/quick-check'], to: [] },
    { from: ['src/main'], to: ['src/commands', 'src/errors', 'src/version'] },
  ];
  for (const { from, to } of allowed) {
    it(`of ${from.join(', ')} go to ${to.join(', ')} and to packages alone`, () => {
      const own = imports.filter(({ importer }) => isBelow(importer.replace(/\.ts$/, ''), from));
      const astray = own.filter(({ imported }) => isOurs(imported) && !isBelow(imported, to));
      assert.deepEqual(told(astray), []);
    });
  }

  it('of webhook and reconciler both go to src, and never to each other', () => {
    const between = (from: string, to: string) =>
      imports.filter(({ importer, imported }) => isBelow(importer, [from]) && isBelow(imported, [to]));
    assert.ok(between('webhook', 'src').length > 0);
    assert.ok(between('reconciler', 'src').length > 0);
    assert.deepEqual(told([...between('webhook', 'reconciler'), ...between('reconciler', 'webhook')]), []);
  });

  it('of the sandbox come from itself, from commands and from tests alone', () => {
    const users = imports.filter(({ imported }) => isBelow(imported, ['src/sandbox']));
    assert.deepEqual(told(users.filter(({ importer }) => !isBelow(importer, ['src/sandbox', 'src/commands']))), []);
  });

  it('never go from sources to tests', () => {
    assert.deepEqual(told(imports.filter(({ imported }) => isBelow(imported, ['test']))), []);
  });

  it('of @kubernetes/client-node are one, and made when it is needed', () => {
    const users = imports.filter(
      ({ imported, kind }) => imported.startsWith('@kubernetes/client-node') && kind !== 'type',
    );
    assert.deepEqual(users, [
      { importer: 'src/kube/kubeconfig.ts', imported: '@kubernetes/client-node', kind: 'dynamic' },
    ]);
    const types = imports.filter(({ imported, kind }) => imported.startsWith('@kubernetes/') && kind === 'type');
    assert.deepEqual(told(types.filter(({ importer }) => importer !== 'src/kube/kubeconfig.ts')), []);
  });

  it('of kubernetes-types are of types alone: it is not there at run time', () => {
    const users = [...imports, ...tests.flatMap(importsOf)].filter(({ imported }) =>
      imported.startsWith('kubernetes-types'),
    );
    assert.ok(users.length > 0);
    assert.deepEqual(told(users.filter(({ kind }) => kind !== 'type')), []);
  });
});

/** Code alone: comments away, the insides of strings and regular expressions as far as these rules need. */
function codeOf(path: string): string {
  return read(path)
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/(^|[^:\\])\/\/.*$/gm, '$1');
}

interface Place {
  readonly place: string;
  readonly text: string;
}

function matches(paths: readonly string[], pattern: RegExp): Place[] {
  return paths.flatMap((path) =>
    codeOf(path)
      .split('\n')
      .flatMap((text, index) => (pattern.test(text) ? [{ place: `${path}:${index + 1}`, text: text.trim() }] : [])),
  );
}

/** Files that decide: the same input, the same answer. */
const pure = sources.filter(
  (path) =>
    isBelow(path, ['src/api', 'src/pod', 'reconciler/submission']) ||
    ['reconciler/decide.ts', 'certs/rotation.ts', 'certs/trust.ts'].includes(path),
);

describe('what decides', () => {
  it('does no input or output', () => {
    const outside =
      /^(node:)?(fs|net|tls|http|https|http2|dns|dgram|child_process|worker_threads|cluster|timers|readline|os|process|perf_hooks)(\/|$)/;
    const packages = /^(undici|fastify|pino|@kubernetes\/client-node)(\/|$)/;
    const users = imports.filter(({ importer, kind }) => pure.includes(importer) && kind !== 'type');
    assert.deepEqual(told(users.filter(({ imported }) => outside.test(imported) || packages.test(imported))), []);
    assert.deepEqual(matches(pure, /\b(process\.|fetch\(|setTimeout|setInterval|setImmediate|queueMicrotask)/), []);
  });

  it('reads no clock and no chance', () => {
    const pattern =
      /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\.|\brandomUUID\b|\brandomBytes\b/;
    assert.deepEqual(matches(pure, pattern), []);
  });

  it('is recognised as such by these rules', () => {
    assert.ok(pure.length > 40, String(pure.length));
    assert.ok(pure.includes('reconciler/decide.ts'));
    assert.ok(matches(['src/clock.ts'], /\bDate\.now\b/).length > 0);
    assert.ok(matches(['src/commands/render.ts'], /\bDate\.now\b/).length > 0);
  });
});

describe('types', () => {
  const escapes: readonly (readonly [what: string, pattern: RegExp])[] = [
    ['any', /[:<,|&(=]\s*any\b(?!\s*[:(])|\bas any\b|\bany\[\]/],
    ['a cast by way of unknown', /\bas unknown as\b/],
    ['a claim that something is not null', /[\w)\]]!(?=[.;,)\]\s[}]|$)(?!=)/],
  ];
  for (const [what, pattern] of escapes) {
    it(`are not got round by ${what}`, () => assert.deepEqual(matches(sources, pattern), []));
  }

  it('are not got round by comments for the compiler', () => {
    const users = [...sources, ...tests].filter(
      (path) => /@ts-[a-z]/.test(read(path)) && path !== 'test/unit/house-rules.test.ts',
    );
    assert.deepEqual(users, []);
  });
});

describe('the error codes', () => {
  const codes = Object.keys(errorCodes);

  it('are each used somewhere', () => {
    const text = sources
      .filter((path) => path !== 'src/errors.ts')
      .map(read)
      .join('\n');
    assert.deepEqual(
      codes.filter((code) => !text.includes(`'${code}'`)),
      [],
    );
  });

  it('are each explained for who runs the operator', () => {
    const operations = read('docs/operations.md');
    assert.deepEqual(
      codes.filter((code) => !operations.includes(code)),
      [],
    );
  });
});

/** Loads a module in a process of its own; the debugger sees every script. */
function modulesOf(path: string): string[] {
  const program = `
    import { Session } from 'node:inspector';
    const session = new Session();
    session.connect();
    const urls = [];
    session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
    session.post('Debugger.enable');
    await import(process.argv[1]);
    process.stdout.write(JSON.stringify(urls), () => process.exit());`;
  const url = new URL(`../../${path}`, import.meta.url).href;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program, url], {
    encoding: 'utf8',
  });
  assert.notEqual(stdout, '', stderr);
  const urls = z.array(z.string()).parse(JSON.parse(stdout));
  return urls
    .filter((loaded) => loaded.startsWith('file:'))
    .map((loaded) => relative(repository, fileURLToPath(loaded)));
}

describe('a process in a cluster', () => {
  for (const [name, foreign] of [
    ['reconciler', 'dist/webhook'],
    ['webhook', 'dist/reconciler'],
  ] as const) {
    it(`loads neither @kubernetes/client-node nor what is not its own: ${name}`, () => {
      const loaded = modulesOf(`src/commands/${name}.js`);
      assert.ok(loaded.includes(`dist/src/commands/${name}.js`), 'the module itself must be seen');
      assert.ok(
        loaded.some((path) => path.startsWith('node_modules/zod/')),
        'packages must be seen',
      );
      assert.deepEqual(
        loaded.filter(
          (path) => path.includes('@kubernetes/client-node') || isBelow(path, [foreign, 'dist/src/sandbox']),
        ),
        [],
      );
    });
  }
});

const manifest = z
  .looseObject({ scripts: z.looseObject({ test: z.string() }) })
  .parse(JSON.parse(read('package.json')));

/** Folders that every machine has. */
const ordinary: ReadonlySet<string> = new Set([
  '/',
  '/tmp/',
  '/home/',
  '/root/',
  '/opt/',
  '/usr/',
  '/var/',
  '/srv/',
  '/mnt/',
]);

describe('the repository', () => {
  it('has every test that needs only Node where `npm test` looks for it', () => {
    const globs = manifest.scripts.test.split(' ').filter((word) => word.startsWith('dist/'));
    assert.ok(globs.length > 0);
    const patterns = globs.map((glob) => new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`));
    const missed = tests
      .filter((path) => isBelow(path, ['test/unit', 'test/integration']) && path.endsWith('.test.ts'))
      .map((path) => join('dist', path.replace(/\.ts$/, '.js')))
      .filter((path) => !patterns.some((pattern) => pattern.test(path)));
    assert.deepEqual(missed, []);
  });

  it('has a lock file that names no registry', () => {
    const lock = read('package-lock.json');
    const { packages } = z
      .looseObject({ packages: z.record(z.string(), z.looseObject({ resolved: z.string().optional() })) })
      .parse(JSON.parse(lock));
    assert.deepEqual(
      Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined),
      [],
    );
    assert.doesNotMatch(lock, /registry|\.tgz"/);
  });

  it('has no path of the machine it was made on', () => {
    const folders = [repository, join(repository, '..', '/'), `${homedir()}/`].filter(
      (folder) => !ordinary.has(folder),
    );
    const places = folders.map((folder) => new RegExp(`(?<![\\w.-])${folder.replaceAll('.', '\\.')}`));
    assert.ok(places.some((place) => place.test(`see ${repository}README.md`)));
    const texts = filesBelow('.').filter(
      (path) => !isBelow(path, ['test/golden', 'test/golden-pods', 'package-lock.json']),
    );
    assert.ok(texts.length > 200, String(texts.length));
    const found = texts.filter((path) => {
      const text = read(path);
      return places.some((place) => place.test(text));
    });
    assert.deepEqual(found, []);
  });
});
