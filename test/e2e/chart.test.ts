/**
 * The chart by the real helm: what it refuses, what it renders (kept in `chart/rendered`; UPDATE_RENDERED=1 writes them anew), and
 * that an API server takes it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { plainChart } from '../../scripts/plain-chart.js';
import { registrationManifest } from '../../webhook/registration.js';
import { rightSelectors } from '../unit/api/label-selectors.js';
import { findAssets } from './assets.js';
import { valueSets, wrongValues } from './chart/value-sets.js';
import { projectRoot } from './operator-process.js';

const assets = findAssets() ?? '';
const skip = existsSync(join(assets, 'helm')) ? false : 'there is no helm';
const chart = join(projectRoot, 'charts/firesteel');

const roleSchema = z.object({ kind: z.literal('Role'), metadata: z.object({ name: z.string() }), rules: z.unknown() });

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'firesteel-chart-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

function run(tool: 'helm' | 'kubectl', args: readonly string[], input?: string) {
  const { status, stdout, stderr } = spawnSync(join(assets, tool), args, {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

function render(name: string, values: object, ...args: string[]): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(values));
  const { status, stdout, stderr } = run('helm', [
    'template',
    'firesteel',
    chart,
    '-n',
    'default',
    '-f',
    file,
    ...args,
  ]);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The definitions are compared elsewhere, and are long. */
const withoutDefinitions = { crds: { install: false } };

const endpoint = { url: 'https://127.0.0.1' };
const registrationSchema = z.looseObject({
  kind: z.literal('MutatingWebhookConfiguration'),
  webhooks: z.array(z.looseObject({ name: z.string(), namespaceSelector: z.unknown() })),
});

function registrationIn(rendered: string) {
  for (const document of parseAllDocuments(rendered)) {
    const parsed = registrationSchema.safeParse(document.toJSON());
    if (parsed.success) return parsed.data.webhooks;
  }
  return assert.fail('no registration is rendered');
}

describe('the chart', { skip }, () => {
  it('passes helm lint --strict', () => {
    const { status, stdout, stderr } = run('helm', ['lint', '--strict', chart]);
    assert.equal(status, 0, stdout + stderr);
  });

  it('is what charts/plain is made from', () => {
    for (const [name, text] of plainChart({ helm: join(assets, 'helm'), chart })) {
      const kept = readFileSync(join(projectRoot, 'charts/plain', name), 'utf8');
      assert.equal(kept, text, `${name} is another; run: npm run plain-chart`);
    }
  });

  it('grants drivers what the example grants them', () => {
    const rules = (text: string, name: string) =>
      parseAllDocuments(text)
        .map((document) => roleSchema.safeParse(document.toJS()).data)
        .find((role) => role?.metadata.name === name)?.rules;
    const example = rules(readFileSync(join(projectRoot, 'examples/driver-rights.yaml'), 'utf8'), 'spark-driver');
    assert.notEqual(example, undefined);
    assert.deepEqual(rules(render('drivers', withoutDefinitions), 'firesteel-spark'), example);
  });

  for (const [values, says] of wrongValues) {
    it(`refuses ${values}`, () => {
      const { status, stderr } = run('helm', ['template', 'firesteel', chart, '--set', values]);
      assert.notEqual(status, 0);
      assert.match(stderr.replaceAll(/\s+/g, ' '), says);
    });
  }

  for (const [text, namespaceSelector] of rightSelectors) {
    it(`registers the webhook as the selector means it: ${text}`, () => {
      for (const namespaces of [[], ['default', 'jobs']]) {
        const spark = { jobNamespaces: namespaces, jobNamespaceSelector: text };
        const entries = registrationIn(render('selector', { ...withoutDefinitions, spark }));
        const { webhooks } = registrationManifest({ name: '', endpoint, namespaces, namespaceSelector });
        assert.deepEqual(
          entries.map(({ name, namespaceSelector: selector }) => [name, selector]),
          webhooks.map(({ name, namespaceSelector: selector }) => [name, selector]),
        );
      }
    });
  }

  for (const [name, values] of Object.entries(valueSets)) {
    it(`renders ${name} as it is kept`, () => {
      const kept = join(projectRoot, `test/e2e/chart/rendered/${name}.yaml`);
      const rendered = render(name, { ...values, ...withoutDefinitions });
      if (process.env['UPDATE_RENDERED']) writeFileSync(kept, rendered);
      assert.equal(rendered, readFileSync(kept, 'utf8'));
    });

    it(`renders ${name} so that an API server takes it`, {
      skip: !process.env['KUBECONFIG'] && 'no API server',
    }, () => {
      // Kinds of the Prometheus operator and of cert-manager are not there.
      const rendered = render(name, { ...values, prometheus: {}, certManager: {} });
      const namespaces = ['team-a', 'team-b', 'team-c'].map(
        (team) => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${team} }\n`,
      );
      if (name === 'three-namespaces') run('kubectl', ['apply', '-f', '-'], namespaces.join('---\n'));
      const { status, stdout, stderr } = run('kubectl', ['apply', '--dry-run=server', '-f', '-'], rendered);
      assert.equal(status, 0, stdout + stderr);
    });
  }
});
