import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientEnvironmentOf } from '../../../reconciler/submission/client-environment.js';
import { buildDriver, type DriverObjects } from '../../../reconciler/submission/driver-objects.js';
import { idsOf } from '../../../reconciler/submission/ids.js';
import { javaDateText } from '../../../reconciler/submission/java-properties.js';
import { sparkSubmitRequests } from '../../../reconciler/submission/requests.js';
import { parseSparkSubmitArguments } from '../../../reconciler/submission/spark-submit-arguments.js';
import { FiresteelError } from '../../../src/errors.js';
import {
  comparable,
  type Recording,
  readRecordings,
  readScenario,
  type Scenario,
  scenarioNames,
  withPlaceholders,
} from './golden-recordings.js';
import { parseJavaProperties } from './java-properties-parser.js';

const podUid = '11111111-2222-3333-4444-555555555555';
const submitTime = Date.UTC(2026, 10, 12, 6, 42);
const ids = idsOf('5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f', submitTime);
const randomParts = new Map([
  [ids.applicationId, '<appId>'],
  [ids.resourcePrefixId, '<id1>'],
  [ids.configMapId, '<id2>'],
  [ids.serviceId, '<id3>'],
  [ids.localDirectoryId, '<uuid>'],
  [String(submitTime), '<time>'],
  [javaDateText(submitTime), '<date>'],
]);

function submit(scenario: Scenario, version: string): DriverObjects {
  const changed = Object.entries({ SPARK_USER: 'spark', ...scenario.env });
  const environment = Object.fromEntries(changed.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
  const { options } = parseSparkSubmitArguments(scenario.args, environment);
  return buildDriver(options, version, clientEnvironmentOf(environment, '<osUser>'), ids);
}

describe('the recordings', () => {
  it('are there for every scenario', () => {
    assert.ok(scenarioNames().length > 0);
    for (const name of scenarioNames()) assert.ok(readRecordings(name).size > 0, name);
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
});

for (const name of scenarioNames()) {
  const scenario = readScenario(name);
  for (const [version, recording] of readRecordings(name)) {
    const { error } = scenario.expected;
    describe(`${name} on Spark ${version}`, () => {
      if (error === undefined) {
        it('leads to the requests and the properties of the real spark-submit', () => {
          assertSameRequests(submit(scenario, version), scenario, recording);
        });
      } else {
        it(`is refused with a message about '${error}'`, () => {
          assert.throws(
            () => submit(scenario, version),
            (thrown) => {
              assert.ok(thrown instanceof FiresteelError, String(thrown));
              assert.ok(['USAGE', 'SUBMISSION_REFUSED'].includes(thrown.code), thrown.code);
              assert.ok(thrown.message.toLowerCase().includes(error.toLowerCase()), thrown.message);
              assert.doesNotMatch(thrown.message, /^[^:]*: not supported yet$/);
              return true;
            },
          );
        });
      }
    });
  }
}

function assertSameRequests(objects: DriverObjects, scenario: Scenario, recording: Recording): void {
  const sent = sparkSubmitRequests(objects, objects.namespace, podUid);
  const ours: Recording['requests'] = JSON.parse(withPlaceholders(JSON.stringify(sent), randomParts));
  assert.deepEqual(
    ours.map((request) => comparable(request, scenario)),
    recording.requests.map((request) => comparable(request, scenario)),
  );
  const text = ours.map((request) => propertiesText(request.body)).join('');
  assert.deepEqual(Object.fromEntries(parseJavaProperties(text)), recording.properties);
}

function propertiesText(body: unknown): string {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  const data = isObject(body) ? body['data'] : undefined;
  const text = isObject(data) ? data['spark.properties'] : undefined;
  return typeof text === 'string' ? text : '';
}
