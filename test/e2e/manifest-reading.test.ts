/** What the offline commands make of a file, against the real kubectl and a real API server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { invalidMetadata, validMetadata } from '../manifests/metadata.js';
import { manifest } from '../manifests/spark-pi.js';
import { yamlReadings } from '../manifests/yaml-readings.js';
import { findKubectl } from './kubectl.js';

const kubectl = findKubectl() ?? '';
const skip = kubectl === '' && 'there is no kubectl: set KUBEBUILDER_ASSETS to a folder that has one';

async function create(input: string, ...flags: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(kubectl, ['create', '-f', '-', ...flags]);
  child.stdin.on('error', () => {}); // it may end without reading; its exit code tells
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  return { code: child.exitCode, out, err };
}

describe('kubectl reads YAML as the table says:', { skip }, () => {
  for (const [yaml, value] of yamlReadings) {
    it(yaml, async () => {
      const object = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ${yaml}\n`;
      const { out, err } = await create(object, '--dry-run=client', '--validate=false', '-o', 'json');
      assert.deepEqual(err, '');
      assert.deepEqual(JSON.parse(out).data.a, value);
    });
  }
});

describe('an API server says of metadata what the table says:', { skip }, () => {
  const dryRun = (object: object = {}, metadata: object = {}) => {
    const namespaced = manifest({}, { namespace: 'default', uid: undefined, ...metadata });
    return create(JSON.stringify({ ...namespaced, ...object }), '--dry-run=server', '--validate=strict');
  };

  for (const { what, object, metadata, problem } of invalidMetadata) {
    it(`it refuses ${what}`, async () => {
      const { code, err } = await dryRun(object, metadata);
      const [path, words] = problem;
      assert.equal(code, 1);
      assert.match(err, words);
      // Of a member of a map it names the map.
      assert.ok(err.includes(path) || err.includes(path.replace(/(\.[^.[]+|\[.*\])$/, '')), err);
    });
  }

  for (const { what, object, metadata } of validMetadata) {
    it(`it takes ${what}`, async () => assert.equal((await dryRun(object, metadata)).err, ''));
  }
});
