/** The CRD as a user meets it: kubectl and a real API server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { z } from 'zod';
import { kubernetesSchemas, openApiDocument } from '../../scripts/kubernetes-schemas.js';
import { connect } from '../../src/kube/connection.js';
import { HttpApiClient } from '../../src/kube/http-api-client.js';
import { manifest } from '../manifests/spark-pi.js';
import { eventually } from './eventually.js';
import { findKubectl } from './kubectl.js';
import { projectRoot } from './operator-process.js';

const kubectl = findKubectl() ?? '';
const skip = kubectl === '' && 'there is no kubectl: set KUBEBUILDER_ASSETS to a folder that has one';

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(program: string, args: readonly string[], input = ''): Promise<Outcome> {
  const child = spawn(program, args, { cwd: projectRoot });
  child.stdin.on('error', () => {}); // it may end without reading; its exit code tells
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  return { code: child.exitCode, out, err };
}

/** Of applications in a namespace that every cluster has, without storing them. */
const apply = (object: object) => run(kubectl, ['apply', '--dry-run=server', '-f', '-'], stringify(object));
const application = (spec: object) => manifest(spec, { name: 'crds-test', namespace: 'default', uid: undefined });

describe('the CRD, with kubectl', { skip }, () => {
  before(async () => {
    const { out } = await run(process.execPath, ['dist/src/main.js', 'crds']);
    const { code, err } = await run(kubectl, ['apply', '-f', '-'], out);
    assert.equal(code, 0, err);
    await eventually('the applications to be served', async () => (await run(kubectl, ['get', 'sparkapp'])).code === 0);
  });

  it('is applied without flags a second time', async () => {
    const { out } = await run(process.execPath, ['dist/src/main.js', 'crds']);
    const applied = await run(kubectl, ['apply', '-f', '-'], out);
    assert.deepEqual(
      [applied.code, applied.out.trim()],
      [0, 'customresourcedefinition.apiextensions.k8s.io/sparkapplications.sparkoperator.k8s.io unchanged'],
    );
  });

  for (const [path, words] of [
    ['spec.driver.coreRequest', /CPU request as a Kubernetes quantity/],
    ['spec.executor.sidecars.image', /image name/i],
    ['spec.driver.affinity.nodeAffinity', /FIELDS?:/],
    ['spec.restartPolicy.type', /Never \(default\), Always or OnFailure/],
    ['status.applicationState.errorMessage', /Why the application failed/],
  ] as const) {
    it(`explains sparkapplication.${path}`, async () => {
      const { code, out, err } = await run(kubectl, ['explain', `sparkapplication.${path}`]);
      assert.equal(code, 0, err);
      assert.match(out, words);
    });
  }

  it('tells misspelt fields by their path', async () => {
    const { code, err } = await apply(application({ driver: { coreLimt: '1' }, exeutor: {} }));
    assert.equal(code, 1);
    assert.match(err, /unknown field "spec\.driver\.coreLimt"/);
    assert.match(err, /unknown field "spec\.exeutor"/);
  });

  it('tells what to write instead', async () => {
    const { code, err } = await apply(application({ image: 'spark:latest', sparkConf: { 'spark.master': 'local' } }));
    assert.equal(code, 1);
    assert.match(err, /spec\.sparkVersion: .*add sparkVersion: "4\.1\.4"/);
    assert.match(err, /sparkConf key "spark\.master" is not allowed: it is set by the operator/);
  });

  it('takes the examples', async () => {
    for (const file of ['minimal', 'features', 'failing']) {
      const { code, err } = await run(kubectl, ['apply', '--dry-run=server', '-f', `examples/${file}.yaml`]);
      assert.equal(code, 0, err);
    }
  });
});

describe('the Kubernetes types in src/api', () => {
  it('are what this API server says, where it is of their version', async (test) => {
    const client = new HttpApiClient(await connect({}, process.env));
    const read = (path: string) => client.request({ method: 'GET', path });
    const { gitVersion } = z.looseObject({ gitVersion: z.string() }).parse(await read('/version'));
    const file = readFileSync(join(projectRoot, 'src/api/kubernetes-types.ts'), 'utf8');
    const documents = await Promise.all(
      ['/openapi/v3/api/v1', '/openapi/v3/apis/networking.k8s.io/v1'].map(async (path) =>
        openApiDocument.parse(await read(path)),
      ),
    );
    await client.close();
    const made = /kube-apiserver (v1\.\d+)/.exec(file)?.[1] ?? '';
    if (!gitVersion.startsWith(`${made}.`)) return test.skip(`they are those of ${made}, this is ${gitVersion}`);
    // The generator leaves the form to the formatter.
    const plain = (source: string) => source.replace(/[\s,]|"|'/g, '').replaceAll('\\', '');
    assert.equal(plain(kubernetesSchemas(documents, gitVersion)), plain(file), 'run: npm run kubernetes-types');
  });
});
