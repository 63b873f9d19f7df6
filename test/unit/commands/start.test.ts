import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { HttpApiClient } from '../../../src/kube/http-api-client.js';
import { resourcePath, sparkApplications } from '../../../src/kube/resources.js';
import { temporaryFiles } from './temporary-files.js';

const root = new URL('../../../../', import.meta.url);
const program = fileURLToPath(new URL('dist/src/main.js', root));
const example = (name: string) => fileURLToPath(new URL(`examples/${name}`, root));

const temporaryFile = temporaryFiles();

interface Run {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [program, 'start', ...args], { env: { PATH: process.env['PATH'] } });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, text: () => out, ended };
}

/** Resolves with the first match in what the program writes. */
function written({ child, text }: Run, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(text());
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    child.on('close', () => reject(new Error(`it ended without ${pattern}: ${text()}`)));
    look();
  });
}

describe('firesteel start', { concurrency: 2 }, () => {
  it('runs the example to COMPLETED and shows what the webhook put into driver and executors', async () => {
    const { code, out, err } = await run().ended;
    assert.equal(code, 0, err);
    assert.match(out, /features {2}SUBMITTED\n/);
    assert.match(out, /features {2}RUNNING\n/);
    assert.match(out, /features {2}COMPLETED\n/);
    assert.match(
      out,
      /pod features-driver admitted\n.*\+ env GREETING_FILE\n.*\+ volume greeting-vol \(configMap greeting\)\n/,
    );
    assert.match(out, /-exec-2 admitted\n.*\+ owner SparkApplication features\n/);
  });

  it('exits with 1 and shows why where an application fails', async () => {
    const { code, out } = await run(example('failing.yaml')).ended;
    assert.equal(code, 1);
    assert.match(
      out,
      /failing {2}FAILED {2}driver container failed with ExitCode: 3.*last words: table orders not found\n/,
    );
    assert.match(out, /failing-driver \| reading table orders\n/);
  });

  it('says what is wrong with each bad file, in a line with its place, and still runs the others', async () => {
    const bad = temporaryFile(
      'bad.yaml',
      readFileSync(example('minimal.yaml'), 'utf8').replace('mode: cluster', 'gpus: 1'),
    );
    const empty = temporaryFile('empty.yaml', '');
    const { code, out, err } = await run(bad, empty, '/nowhere.yaml', example('minimal.yaml')).ended;
    assert.equal(code, 1);
    assert.match(err, /bad\.yaml:\d+: spec\.gpus: unknown field\n/);
    assert.match(err, /empty\.yaml: there is no SparkApplication in it\n/);
    assert.match(err, /\/nowhere\.yaml: ENOENT/);
    assert.match(out, /spark-pi {2}COMPLETED\n/);
  });

  it('takes all manifests of a folder, also those of other kinds', async () => {
    const { code, out, err } = await run(example('')).ended;
    assert.equal(err, '');
    assert.equal(code, 1, 'one of the examples is there to fail');
    assert.match(out, /ServiceAccount default\/spark applied\n/);
    assert.match(out, /spark-pi {2}COMPLETED\n/);
    assert.match(out, /failing {2}FAILED/);
  });

  it('takes another port where the one that was asked for is taken', async (test) => {
    const taken = createServer();
    test.after(() => taken.close());
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve(Number(Object(taken.address()).port)));
    });
    const { code, err } = await run(`--port=${port}`, example('minimal.yaml')).ended;
    assert.match(err, new RegExp(`127\\.0\\.0\\.1:${port}; .*taking another one\n`));
    assert.equal(code, 0);
  });

  it('stays up with --keep, prints a KUBECONFIG that works, and ends cleanly on SIGINT', async () => {
    const kept = run('--keep', example('minimal.yaml'));
    const [, file = ''] = await written(kept, /export KUBECONFIG=(.*)\n/);
    const { clusters } = parse(readFileSync(file, 'utf8'));
    const client = new HttpApiClient({ server: clusters[0].cluster.server, authorization: async () => undefined });
    const path = resourcePath(sparkApplications, { namespace: 'default', name: 'spark-pi' });
    const stored = await client.request({ method: 'GET', path });
    assert.equal(Object(stored).status.applicationState.state, 'COMPLETED');
    await client.close();
    kept.child.kill('SIGINT');
    assert.equal((await kept.ended).code, 0);
    assert.throws(() => readFileSync(file), /ENOENT/);
  });
});
