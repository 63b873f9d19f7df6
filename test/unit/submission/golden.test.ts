import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { FiresteelError } from '../../../src/errors.js';
import { parseJavaProperties } from '../../../src/java-properties.js';
import { goldenExceptions } from './golden-exceptions.js';
import {
  comparable,
  goldenFolder,
  type Recording,
  type Request,
  readRecordings,
  readScenario,
  type Scenario,
  scenarioNames,
} from './golden-recordings.js';
import { type GoldenRun, runScenario, writeScenarioFiles } from './golden-run.js';

describe('the recordings', () => {
  it('are there for every scenario', () => {
    assert.equal(scenarioNames().length, 157);
    const recordings = scenarioNames().map((name) => readRecordings(name).size);
    assert.equal(
      recordings.reduce((total, size) => total + size),
      738,
    );
    assert.ok(recordings.every((size) => size > 0));
  });

  it('are compared value by value: one changed value makes a difference', () => {
    const scenario = readScenario('env-secrets');
    const requests = readRecordings('env-secrets').get('4.3.0')?.requests ?? [];
    assert.equal(requests.length, 4);
    for (const [from, to] of [
      ['"/etc/certs"', '"/etc/cert"'],
      ['"1408Mi"', '"1409Mi"'],
      ['a=b=c', 'a=b'],
      ['7078', '7077'],
    ] as const) {
      const changed: typeof requests = JSON.parse(JSON.stringify(requests).replace(from, to));
      assert.notDeepEqual(
        changed.map((request) => comparable(request, scenario)),
        requests.map((request) => comparable(request, scenario)),
      );
    }
  });

  it('hold for all scenarios but fewer than ten, which the documentation lists', () => {
    assert.ok(goldenExceptions.size < 10);
    const documentation = readFileSync(new URL('../../docs/compatibility.md', goldenFolder), 'utf8');
    for (const name of goldenExceptions.keys()) {
      assert.ok(scenarioNames().includes(name), name);
      assert.ok(documentation.includes(`\`${name}\``), `${name} is missing in docs/compatibility.md`);
    }
  });
});

for (const name of scenarioNames()) {
  const scenario = readScenario(name);
  describe(name, () => {
    for (const [version, recording] of readRecordings(name)) {
      const promise = scenario.expected.error === undefined ? 'sends what' : 'is refused as';
      it(`${promise} the real spark-submit of ${version} ${goldenExceptions.has(name) ? 'would not' : 'does'}`, async () => {
        const folder = writeScenarioFiles(scenario);
        try {
          const run = await runScenario(scenario, version, folder);
          if (goldenExceptions.has(name)) assert.throws(() => assertSame(run, scenario, recording));
          else assertSame(run, scenario, recording);
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  });
}

function assertSame(run: GoldenRun, scenario: Scenario, recording: Recording): void {
  const { error } = scenario.expected;
  if (error !== undefined) assertRefused(run.error, error);
  else if (run.error !== undefined) throw run.error;
  // Without answers of a server nothing was sent, and a refusal by the client comes before all requests.
  if (error !== undefined && scenario.server === undefined) assert.deepEqual(recording.requests, []);
  else assertSameRequests(run.requests, scenario, recording);
}

function assertRefused(thrown: unknown, about: string): void {
  assert.ok(thrown instanceof FiresteelError, String(thrown));
  assert.ok(['USAGE', 'SUBMISSION_REFUSED', 'API_REFUSED'].includes(thrown.code), thrown.code);
  assert.ok(thrown.message.toLowerCase().includes(about.toLowerCase()), thrown.message);
}

function assertSameRequests(ours: readonly Request[], scenario: Scenario, recording: Recording): void {
  assert.deepEqual(
    ours.map((request) => comparable(request, scenario)),
    recording.requests.map((request) => comparable(request, scenario)),
  );
  if (recording.properties === undefined) return;
  const text = propertiesText(ours.at(-1)?.body);
  const expected = Object.entries(recording.properties).map(([key, value]) => [
    key,
    value.replace(/<uuid\d+>/g, '<uuid>'),
  ]);
  assert.deepEqual(Object.fromEntries(parseJavaProperties(text)), Object.fromEntries(expected));
}

function propertiesText(body: unknown): string {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  const data = isObject(body) ? body['data'] : undefined;
  const text = isObject(data) ? data['spark.properties'] : undefined;
  return typeof text === 'string' ? text : '';
}
