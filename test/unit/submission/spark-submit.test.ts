import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.js';
import { sparkSubmit } from '../../../src/commands/spark-submit.js';

const start = ['--master', 'k8s://https://h:6443', '--deploy-mode', 'cluster', '--class', 'com.example.Main'];
const rest = [
  '--conf',
  'spark.kubernetes.container.image=spark:4.1.4',
  '--conf',
  'spark.kubernetes.namespace=team-a',
  'local:///a.jar',
];
const requests = z.array(
  z.object({
    method: z.string(),
    path: z.string(),
    query: z.record(z.string(), z.string()),
    contentType: z.string(),
    body: z.looseObject({ kind: z.string() }),
  }),
);

async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const printed: string[] = [];
  const warnings: string[] = [];
  const code = await sparkSubmit(args, {
    environment,
    out: (text) => printed.push(text),
    warn: (text) => warnings.push(text),
    loginUser: 'spark',
    clock: { ...systemClock, now: () => 1_794_465_720_000 },
    signal: new AbortController().signal,
    connect: () => Promise.reject(new Error('nothing is sent')),
    submissionId: () => '5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f',
  });
  return { code, printed: printed.join(''), warnings };
}

describe('firesteel spark-submit', () => {
  it('prints with --dry-run the requests it would send, for the version in the tag of the image', async () => {
    const { code, printed } = await run([...start, '--dry-run', ...rest]);
    assert.equal(code, 0);
    const sent = requests.parse(JSON.parse(printed));
    assert.deepEqual(
      sent.map(({ method, body }) => `${method} ${body.kind}`),
      ['POST Pod', 'PATCH Service', 'PATCH ConfigMap'],
    );
    assert.ok(sent.every(({ path }) => path.startsWith('/api/v1/namespaces/team-a/')));
    assert.match(printed, /"spark-version": "4\.1\.4"/);
  });

  it('submits as the version that --spark-version says, and warns of one it does not know', async () => {
    const { printed, warnings } = await run([...start, '--dry-run', '--spark-version', '4.8.0', ...rest]);
    assert.match(printed, /NetworkPolicy/);
    assert.match(warnings.join(''), /4\.8\.0/);
  });

  it('takes SPARK_USER and the Python interpreter from the environment', async () => {
    const python = [...rest.slice(0, -1), 'local:///a.py'];
    const { printed } = await run([...start, '--dry-run', ...python], {
      SPARK_USER: 'alice',
      PYSPARK_PYTHON: 'python3.12',
    });
    assert.match(printed, /"name": "SPARK_USER",\s+"value": "alice"/);
    assert.match(printed, /"name": "PYSPARK_DRIVER_PYTHON",\s+"value": "python3\.12"/);
  });

  it('asks for the version where the image does not say it', async () => {
    const image = ['--conf', 'spark.kubernetes.container.image=spark:latest', 'local:///a.jar'];
    await assert.rejects(run([...start, '--dry-run', ...image]), { code: 'USAGE', message: /--spark-version/ });
  });

  it('tells its options and its version without being told what to submit', async () => {
    assert.match((await run(['--help'])).printed, /--properties-file VALUE[\s\S]*--dry-run\n/);
    assert.match((await run(['--version'])).printed, /^firesteel \d/);
  });

  it('says which properties file is not there', async () => {
    await assert.rejects(run(['--properties-file', '/no/such.conf', ...start, '--dry-run', ...rest]), {
      code: 'FILE_UNREADABLE',
      message: /\/no\/such\.conf does not exist/,
    });
  });
});
