/**
 * A reconciler that is killed every few seconds for two minutes, and started again under the same identity, while 200
 * applications come, run, fail, are paused, changed and deleted: each ends as its spec says, and of no attempt did two drivers
 * start, by the API server's own audit log.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deleteObject, mergePatch } from '../../src/kube/api-client.js';
import { pods, sparkApplications } from '../../src/kube/resources.js';
import { type AuditedDriver, auditedDrivers } from './audit-log.js';
import { crowd, type Member } from './crowd.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { projectRoot } from './operator-process.js';
import { Site } from './site.js';

const killingMilliseconds = 120_000;
/** The last application comes early enough for its user to have done everything before the killing ends. */
const arrivalMilliseconds = 90_000;
const calmMilliseconds = 240_000;
const identity = { HOSTNAME: 'the-one-replica' };

const auditLog = process.env['API_AUDIT_LOG'];
const skip = auditLog === undefined ? 'the API server keeps no audit log here (API_AUDIT_LOG)' : false;

describe('a reconciler that is killed again and again', { skip }, () => {
  let site: Site;
  let node: ChildProcess;
  let drivers: readonly AuditedDriver[] = [];
  let kills = 0;

  before(async () => {
    site = await Site.open('e2e-killed', 'real');
    const program = join(projectRoot, 'dist/test/e2e/simulated-node-process.js');
    node = spawn(process.execPath, [program, site.namespace], { stdio: 'inherit' });
    const port = await freePort();
    const webhook = { 'webhook-url': `https://127.0.0.1:${port}`, kubeconfig: site.kubeconfig };
    await site.spawn('webhook', { ...site.webhookFlags(port), ...webhook }).ready();
    const killing = killAgainAndAgain();
    const users = crowd.map((member, index) => playUser(member, (arrivalMilliseconds * index) / crowd.length));
    await Promise.all([killing, ...users]);
    await startReconciler().ready();
  });
  after(async () => {
    node.kill();
    await site.close();
  });

  const startReconciler = () => {
    const lock = { 'leader-election': 'true', 'leader-election-lock-namespace': site.namespace };
    return site.spawn('reconciler', { kubeconfig: site.kubeconfig, ...lock }, identity);
  };

  /** Each life is 3 to 7 s, of which the start takes about two. */
  async function killAgainAndAgain(): Promise<void> {
    const end = Date.now() + killingMilliseconds;
    while (Date.now() < end) {
      const reconciler = await startReconciler().ready();
      await delay(1_000 + Math.random() * 4_000);
      reconciler.kill();
      await reconciler.ended();
      kills += 1;
    }
  }

  async function playUser({ name, spec, actions }: Member, arrival: number): Promise<void> {
    const { client, namespace } = site;
    await delay(arrival);
    await site.submit(name, spec);
    const created = Date.now();
    for (const { after: due, patch, deletes } of actions) {
      await delay(Math.max(0, created + due - Date.now()));
      if (patch !== undefined) await mergePatch(client, sparkApplications, { namespace, name }, { spec: patch });
      if (deletes) await deleteObject(client, sparkApplications, { namespace, name });
    }
  }

  it('brings every application to where its spec leads', async (test) => {
    assert.ok(kills >= 10, `it was killed ${kills} times`);
    for (const { name, end } of crowd) {
      if (end === 'gone') continue;
      await eventually(`${name} to be ${end}`, () => isSettled(name, end), calmMilliseconds);
    }
    test.diagnostic(`${crowd.length} applications, killed ${kills} times`);
  });

  /** An end from before what the user did last does not count. */
  async function isSettled(name: string, state: string): Promise<boolean> {
    const { metadata, status } = await site.application(name);
    const isCurrent = metadata['generation'] === status['observedGeneration'];
    return status.applicationState.state === state && isCurrent;
  }

  it('has counted the tries of each right, in spite of it all', async () => {
    for (const { name, counters } of crowd) {
      if (counters === undefined) continue;
      const { status } = await site.application(name);
      const found = Object.fromEntries(Object.keys(counters).map((counter) => [counter, status[counter]]));
      assert.deepEqual(found, counters, name);
    }
  });

  it('has started one driver per attempt, and each application as many as it asked for', (test) => {
    drivers = auditedDrivers(auditLog ?? '', site.namespace);
    const started = drivers.filter(({ started }) => started !== undefined);
    const attempts = new Set(started.map(({ submissionId }) => submissionId));
    assert.equal(started.length, attempts.size, 'an attempt has started twice');
    const submissions = new Set(drivers.map(({ submissionId }) => submissionId));
    assert.equal(drivers.length, submissions.size, 'a submission has made two pods');
    for (const { name, starts } of crowd) {
      const [least, most] = starts;
      const own = started.filter(({ application }) => application === name);
      assert.ok(
        own.length >= least && own.length <= most,
        `${name} started ${own.length} drivers: ${JSON.stringify(own)}`,
      );
    }
    test.diagnostic(`${drivers.length} driver pods, ${started.length} started, ${attempts.size} attempts`);
  });

  it('has never had two drivers of one application alive', () => {
    for (const { name } of crowd) {
      const own = drivers.filter(({ application, started }) => application === name && started !== undefined);
      own.sort((a, b) => ((a.started ?? '') < (b.started ?? '') ? -1 : 1));
      own.slice(1).forEach((driver, index) => {
        const earlier = own[index]?.over;
        assert.ok(earlier !== undefined && earlier < (driver.started ?? ''), `${name}: ${JSON.stringify(own)}`);
      });
    }
  });

  it('has left no driver at work', async (test) => {
    if (!(await site.collectsGarbage())) return test.skip('nothing collects garbage here');
    const present = new Set((await site.list(pods)).map(({ metadata }) => metadata['uid']));
    const alive = drivers.filter(({ uid, over }) => over === undefined && present.has(uid));
    assert.deepEqual(alive, []);
  });
});
