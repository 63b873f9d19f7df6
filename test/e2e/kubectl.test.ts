/** What somebody sees who points the real kubectl at the sandbox that `npm start -- --keep` leaves up. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { stringify } from 'yaml';
import { eventually } from './eventually.js';
import { findKubectl, KeptSandbox } from './kubectl.js';
import { script, smallestSpec } from './site.js';

const kubectl = findKubectl();
const skip = kubectl === undefined && 'there is no kubectl: set KUBEBUILDER_ASSETS to a folder that has one';
const driverLog = 'Pi is roughly 3.14';

function application(
  name: string,
  spec: object = {},
  scripted: Record<string, string> = { duration: '200ms' },
): string {
  const driver = { annotations: script({ log: driverLog, ...scripted }) };
  const metadata = { name };
  const whole = { ...smallestSpec, driver, executor: { instances: 1 }, ...spec };
  return stringify({ apiVersion: 'sparkoperator.k8s.io/v1beta2', kind: 'SparkApplication', metadata, spec: whole });
}

function configMap(name: string, data: Record<string, string>): string {
  return stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

const together = (...documents: string[]) => documents.join('---\n');
const columnsOf = (line: string | undefined) => (line ?? '').trim().split(/\s{2,}/u);

describe('kubectl on the sandbox', { skip }, () => {
  let sandbox: KeptSandbox;
  before(async () => {
    sandbox = await KeptSandbox.start(kubectl ?? '', 'examples/minimal.yaml');
  });
  after(async () => {
    if (sandbox !== undefined) await sandbox.interrupt();
  });

  const apply = (input: string, ...flags: string[]) => sandbox.succeed(['apply', ...flags, '-f', '-'], { input });
  const jsonPath = (object: string, path: string) => sandbox.succeed(['get', object, '-o', `jsonpath={${path}}`]);

  async function untilState(name: string, state: string): Promise<void> {
    await sandbox.succeed([
      'wait',
      `--for=jsonpath={.status.applicationState.state}=${state}`,
      `sparkapp/${name}`,
      '--timeout=20s',
    ]);
  }

  /** A driver and an executor that run until they are deleted. */
  async function runForever(name: string): Promise<void> {
    await apply(application(name, {}, { duration: 'forever' }));
    await untilState(name, 'RUNNING');
    await eventually(`the executor of ${name}`, async () => (await podsOf(name)).length === 2);
  }

  async function podsOf(name: string): Promise<string[]> {
    const printed = await sandbox.succeed(['get', 'pods', '-l', `sparkoperator.k8s.io/app-name=${name}`, '-o', 'name']);
    return printed.split('\n').filter(Boolean);
  }

  describe('apply', () => {
    it('creates, then configures what has changed, and leaves the rest unchanged', async () => {
      const before = together(application('applied'), configMap('applied', { text: 'hello', kept: 'as it was' }));
      const after = together(
        application('applied', { executor: { instances: 2 } }),
        configMap('applied', { text: 'changed' }),
      );
      const resource = 'sparkapplication.sparkoperator.k8s.io/applied';
      assert.equal(await apply(before), `${resource} created\nconfigmap/applied created\n`);
      assert.equal(await apply(after), `${resource} configured\nconfigmap/applied configured\n`);
      assert.equal(await apply(after), `${resource} unchanged\nconfigmap/applied unchanged\n`);
      assert.equal(await jsonPath('sparkapp/applied', '.spec.executor.instances'), '2');
      assert.deepEqual(JSON.parse(await jsonPath('configmap/applied', '.data')), { text: 'changed' });
    });

    it('--server-side merges what several managers own, and takes back what its manager left out', async () => {
      const mine = ['--server-side', '--field-manager=mine'];
      const theirs = ['--server-side', '--field-manager=theirs'];
      assert.equal(
        await apply(configMap('shared', { a: '1', b: '1' }), ...mine),
        'configmap/shared serverside-applied\n',
      );
      await apply(configMap('shared', { c: '1' }), ...theirs);
      await apply(configMap('shared', { a: '2' }), ...mine);
      assert.deepEqual(JSON.parse(await jsonPath('configmap/shared', '.data')), { a: '2', c: '1' });
      await apply(application('server-side'), ...mine);
      await untilState('server-side', 'COMPLETED');
    });

    it('--dry-run=server says what would be, and keeps nothing', async () => {
      const said = await apply(configMap('tried', {}), '--dry-run=server');
      assert.equal(said, 'configmap/tried created (server dry run)\n');
      assert.match(await sandbox.fail(['get', 'configmap', 'tried']), /configmaps "tried" not found/u);
    });

    it('--validate=strict refuses a misspelt field by its path', async () => {
      const input = application('misspelt', { mainClas: 'org.example.Main' });
      const said = await sandbox.fail(['apply', '--validate=strict', '-f', '-'], { input });
      assert.match(said, /strict decoding error: unknown field "spec\.mainClas"/u);
      assert.match(await sandbox.fail(['get', 'sparkapp', 'misspelt']), /"misspelt" not found/u);
    });

    it('--validate=warn warns of a misspelt field and drops it', async () => {
      const input = application('warned', { mainClas: 'org.example.Main' });
      const { code, stderr } = await sandbox.run(['apply', '--validate=warn', '-f', '-'], { input });
      assert.equal(code, 0);
      assert.match(stderr, /Warning: unknown field "spec\.mainClas"/u);
      assert.equal(await jsonPath('sparkapp/warned', '.spec.mainClas'), '');
    });

    it('refuses a value that is not among the allowed ones with its path and the allowed ones', async () => {
      const said = await sandbox.fail(['apply', '-f', '-'], { input: application('wrong', { type: 'Scalar' }) });
      const words = 'spec.type: Unsupported value: "Scalar": supported values: "Java", "Scala", "Python", "R"';
      assert.equal(said, `The SparkApplication "wrong" is invalid: ${words}\n`);
    });
  });

  describe('create', () => {
    it('-f creates an object once', async () => {
      const input = application('created');
      const said = await sandbox.succeed(['create', '-f', '-'], { input });
      assert.equal(said, 'sparkapplication.sparkoperator.k8s.io/created created\n');
      const again = await sandbox.fail(['create', '-f', '-'], { input });
      assert.match(again, /sparkapplications\.sparkoperator\.k8s\.io "created" already exists/u);
    });

    it('configmap and secret keep their literals', async () => {
      const literals = ['--from-literal=a=1', '--from-literal=empty='];
      assert.equal(await sandbox.succeed(['create', 'configmap', 'typed', ...literals]), 'configmap/typed created\n');
      assert.deepEqual(JSON.parse(await jsonPath('configmap/typed', '.data')), { a: '1', empty: '' });
      assert.equal(
        await sandbox.succeed(['create', 'secret', 'generic', 'typed', ...literals]),
        'secret/typed created\n',
      );
      assert.deepEqual(JSON.parse(await jsonPath('secret/typed', '.data')), { a: 'MQ==', empty: '' });
    });

    it('namespace and serviceaccount make a place in which an application runs', async () => {
      assert.equal(await sandbox.succeed(['create', 'namespace', 'team']), 'namespace/team created\n');
      const made = await sandbox.succeed(['create', 'serviceaccount', 'spark', '-n', 'team']);
      assert.equal(made, 'serviceaccount/spark created\n');
      await apply(application('elsewhere'), '-n', 'team');
      const state = 'jsonpath={.status.applicationState.state}=COMPLETED';
      await sandbox.succeed(['wait', `--for=${state}`, 'sparkapp/elsewhere', '-n', 'team', '--timeout=20s']);
      await sandbox.succeed(['delete', 'namespace', 'team', '--timeout=20s']);
      assert.match(await sandbox.fail(['get', 'namespace', 'team']), /namespaces "team" not found/u);
    });

    it('of another kind says how to create it', async () => {
      const role = ['create', 'role', 'reader', '--verb=get', '--resource=pods'];
      assert.match(
        await sandbox.fail(role),
        /reads no protobuf of Role; use kubectl create .* --dry-run=client -o yaml/u,
      );
      const input = await sandbox.succeed([...role, '--dry-run=client', '-o', 'yaml']);
      const said = await sandbox.succeed(['create', '-f', '-'], { input });
      assert.equal(said, 'role.rbac.authorization.k8s.io/reader created\n');
    });
  });

  describe('a completed application', () => {
    before(async () => {
      await apply(application('done'));
      await untilState('done', 'COMPLETED');
    });

    it('is shown by get with the columns of the peer', async () => {
      const [head, row] = (await sandbox.succeed(['get', 'sparkapp', 'done'])).split('\n');
      assert.deepEqual(columnsOf(head), ['NAME', 'SUSPEND', 'STATUS', 'ATTEMPTS', 'START', 'FINISH', 'AGE']);
      const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`;
      assert.match(row ?? '', new RegExp(`^done +COMPLETED +1 +${time} +${time} +\\d+s$`, 'u'));
    });

    it('has its driver among the pods', async () => {
      const [head, row] = (await sandbox.succeed(['get', 'pods', 'done-driver'])).split('\n');
      assert.deepEqual(columnsOf(head), ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
      assert.match(row ?? '', /^done-driver +0\/1 +Completed +0 +\d+s$/u);
    });

    it('is given whole by get -o yaml, which can be applied again', async () => {
      const yaml = await sandbox.succeed(['get', 'sparkapp', 'done', '-o', 'yaml']);
      assert.match(yaml, /^apiVersion: sparkoperator\.k8s\.io\/v1beta2\nkind: SparkApplication\n/mu);
      assert.match(yaml, /^ {2}applicationState:\n {4}state: COMPLETED$/mu);
      const said = await sandbox.succeed(['replace', '-f', '-'], { input: yaml });
      assert.equal(said, 'sparkapplication.sparkoperator.k8s.io/done replaced\n');
    });

    it('is given in parts by get -o jsonpath', async () => {
      assert.equal(await jsonPath('sparkapp/done', '.status.applicationState.state'), 'COMPLETED');
      assert.equal(await jsonPath('sparkapp/done', '.status.driverInfo.podName'), 'done-driver');
    });

    it('is described with its events in the order in which they came', async () => {
      const reasons = ['Added', 'Submitted', 'Completed'].map((what) => `SparkApplication${what}`);
      const said = await eventually('the events of done', async () => {
        const described = await sandbox.succeed(['describe', 'sparkapp', 'done']);
        return reasons.every((reason) => described.includes(reason)) && described;
      });
      assert.match(said, /^Name: +done$/mu);
      assert.match(said, /^ +State: +COMPLETED$/mu);
      const events = said.slice(said.indexOf('\nEvents:'));
      assert.match(events, new RegExp(reasons.map((reason) => `Normal +${reason} `).join('[^]*'), 'u'));
    });

    it('has events of its own, chosen by a field selector', async () => {
      const selector = ['--field-selector', 'involvedObject.name=done'];
      const lines = (await sandbox.succeed(['get', 'events', ...selector, '--no-headers'])).trim().split('\n');
      assert.ok(lines.some((line) => line.includes('SparkApplicationCompleted')));
      for (const line of lines) assert.match(line, / sparkapplication\/done /u);
      const others = await sandbox.run(['get', 'events', '--field-selector', 'involvedObject.name=nobody']);
      assert.match(others.stderr, /No resources found in default namespace/u);
    });

    it('has the log of its driver', async () => {
      assert.equal(await sandbox.succeed(['logs', 'done-driver']), `${driverLog}\n`);
    });

    it('is labelled, and found by its label', async () => {
      const resource = 'sparkapplication.sparkoperator.k8s.io/done';
      assert.equal(await sandbox.succeed(['label', 'sparkapp', 'done', 'team=red']), `${resource} labeled\n`);
      assert.match(await sandbox.fail(['label', 'sparkapp', 'done', 'team=blue']), /--overwrite is false/u);
      assert.equal(await sandbox.succeed(['get', 'sparkapp', '-l', 'team=red', '-o', 'name']), `${resource}\n`);
      assert.equal(await sandbox.succeed(['label', 'sparkapp', 'done', 'team-']), `${resource} unlabeled\n`);
      assert.equal(await sandbox.succeed(['get', 'sparkapp', '-l', 'team=red', '-o', 'name']), '');
    });

    it('is annotated, as is a pod', async () => {
      for (const object of ['sparkapp/done', 'pod/done-driver']) {
        await sandbox.succeed(['annotate', object, 'example.com/note=seen']);
        assert.equal(await jsonPath(object, String.raw`.metadata.annotations.example\.com/note`), 'seen');
      }
    });

    it('is not scaled: the server has no such subresource', async () => {
      const said = await sandbox.fail(['scale', '--replicas=3', 'sparkapp/done']);
      assert.equal(said, 'Error from server (NotFound): sparkapplications.sparkoperator.k8s.io "done" not found\n');
    });

    it('is edited, and so is a ConfigMap', async () => {
      await apply(configMap('edited', { text: 'before' }));
      const said = await sandbox.succeed(['edit', 'configmap', 'edited'], { editor: 'sed -i s/before/after/' });
      assert.equal(said, 'configmap/edited edited\n');
      assert.equal(await jsonPath('configmap/edited', '.data.text'), 'after');
      await sandbox.succeed(['edit', 'sparkapp', 'done'], { editor: 'sed -i /instances:/s/1/3/' });
      assert.equal(await jsonPath('sparkapp/done', '.spec.executor.instances'), '3');
      const { stderr } = await sandbox.run(['edit', 'sparkapp', 'done'], { editor: 'true' });
      assert.match(stderr, /Edit cancelled, no changes made/u);
    });

    it('is not edited into what is invalid: the fault is told in the copy that kubectl keeps', async () => {
      const { code, stderr } = await sandbox.run(['edit', 'sparkapp', 'done'], { editor: 'sed -i s/Scala$/Scalar/' });
      assert.equal(code, 1);
      const copy = /changes has been stored to "(.+)"/u.exec(stderr)?.[1] ?? '';
      assert.match(readFileSync(copy, 'utf8'), /^# .*spec\.type: Unsupported value: "Scalar": supported values: /mu);
      assert.equal(await jsonPath('sparkapp/done', '.spec.type'), 'Scala');
    });
  });

  it('get -w shows an application going through its states', async () => {
    let isApplied = false;
    const lines = await sandbox.follow(['get', 'sparkapp', '-w'], async (shown) => {
      if (shown.length > 1 && !isApplied) {
        isApplied = true;
        await apply(application('watched'));
      }
      return shown.some((line) => /^watched .*COMPLETED/u.test(line));
    });
    const watched = lines.filter((line) => line.startsWith('watched '));
    const states = watched.map((line) => /SUBMITTED|RUNNING|COMPLETED/u.exec(line)?.[0]).filter(Boolean);
    const seen = states.filter((state, index) => state !== states[index - 1]);
    assert.deepEqual(seen, ['SUBMITTED', 'RUNNING', 'COMPLETED']);
  });

  it('logs -f follows a driver until it ends', async () => {
    await apply(application('followed', {}, { duration: '500ms' }));
    await untilState('followed', 'RUNNING');
    assert.equal(await sandbox.succeed(['logs', '-f', 'followed-driver']), `${driverLog}\n`);
    assert.equal(await jsonPath('pod/followed-driver', '.status.phase'), 'Succeeded');
  });

  it('wait --for=jsonpath gives up in words on a state that does not come', async () => {
    await apply(application('failing', {}, { duration: '100ms', 'exit-code': '1' }));
    await untilState('failing', 'FAILED');
    const never = '--for=jsonpath={.status.applicationState.state}=COMPLETED';
    const said = await sandbox.fail(['wait', never, 'sparkapp/failing', '--timeout=300ms']);
    assert.match(said, /timed out waiting for the condition on sparkapplications\/failing/u);
  });

  describe('delete', () => {
    it('--cascade=background takes the pods along, soon', async () => {
      await runForever('background');
      const said = await sandbox.succeed(['delete', 'sparkapp', 'background', '--cascade=background']);
      assert.match(said, /^sparkapplication\.sparkoperator\.k8s\.io "background" deleted/u);
      await eventually('the pods to be gone', async () => (await podsOf('background')).length === 0);
    });

    it('--cascade=foreground returns when the driver is gone', async () => {
      await runForever('foreground');
      await sandbox.succeed(['delete', 'sparkapp', 'foreground', '--cascade=foreground', '--timeout=20s']);
      assert.match(await sandbox.fail(['get', 'pod', 'foreground-driver']), /pods "foreground-driver" not found/u);
      await eventually('the executor to be gone', async () => (await podsOf('foreground')).length === 0);
    });

    it('--cascade=orphan leaves the driver running, owned by nobody', async () => {
      await runForever('orphan');
      await sandbox.succeed(['delete', 'sparkapp', 'orphan', '--cascade=orphan', '--timeout=20s']);
      assert.equal(await jsonPath('pod/orphan-driver', '.metadata.ownerReferences'), '');
      assert.equal(await jsonPath('pod/orphan-driver', '.status.phase'), 'Running');
      await sandbox.succeed(['delete', 'pod', 'orphan-driver', '--timeout=20s']);
      await eventually('the pods to be gone', async () => (await podsOf('orphan')).length === 0);
    });

    it('by file or selector deletes all that is meant and nothing else', async () => {
      const input = together(configMap('one', {}), configMap('two', {}), configMap('three', {}));
      await apply(input);
      await sandbox.succeed(['label', 'configmap', 'one', 'two', 'group=doomed']);
      await sandbox.succeed(['delete', 'configmap', '-l', 'group=doomed']);
      assert.match(await sandbox.fail(['get', 'configmap', 'one']), /configmaps "one" not found/u);
      assert.equal(await jsonPath('configmap/three', '.metadata.name'), 'three');
      await sandbox.succeed(['delete', '--ignore-not-found', '-f', '-'], { input });
      assert.match(await sandbox.fail(['get', 'configmap', 'three']), /configmaps "three" not found/u);
    });
  });

  describe('what there is', () => {
    it('is told by api-resources', async () => {
      const lines = (await sandbox.succeed(['api-resources', '--no-headers'])).split('\n').map(columnsOf);
      const of = (plural: string) => lines.find(([name]) => name === plural)?.slice(1);
      assert.deepEqual(of('sparkapplications'), [
        'sparkapp',
        'sparkoperator.k8s.io/v1beta2',
        'true',
        'SparkApplication',
      ]);
      assert.deepEqual(of('configmaps'), ['cm', 'v1', 'true', 'ConfigMap']);
      assert.deepEqual(of('namespaces'), ['ns', 'v1', 'false', 'Namespace']);
    });

    it('is explained by explain, field by field', async () => {
      const said = await sandbox.succeed(['explain', 'sparkapplication.spec.driver.coreRequest']);
      assert.match(said, /^GROUP: +sparkoperator\.k8s\.io$/mu);
      assert.match(said, /^FIELD: coreRequest <string>$/mu);
      assert.match(said, /^ +CPU request as a Kubernetes quantity/mu);
      const whole = await sandbox.succeed(['explain', 'sparkapp']);
      assert.match(whole, /^ {2}metadata\t<ObjectMeta> -required-\n {4}Standard object's metadata\./mu);
      assert.match(whole, /^ {2}spec\t<Object> -required-\n {4}What is to run, and how\.$/mu);
      assert.match(await sandbox.fail(['explain', 'sparkapp.spec.nothing']), /field "nothing" does not exist/u);
    });

    it('is not explained of kinds that the sandbox has no schema of', async () => {
      assert.match(await sandbox.fail(['explain', 'pod.spec']), /kind:Pod version:v1\] not found in OpenAPI schema/u);
    });

    it('leaves out what the sandbox does not do, and says so', async () => {
      const said = await sandbox.fail(['auth', 'can-i', 'create', 'pods']);
      assert.match(said, /\(NotImplemented\): the sandbox does not serve selfsubjectaccessreviews/u);
    });
  });

  it('Ctrl-C ends the sandbox and takes its kubeconfig along', async () => {
    assert.ok(existsSync(sandbox.kubeconfig));
    assert.equal(await sandbox.interrupt(), 0);
    assert.equal(existsSync(sandbox.kubeconfig), false);
  });
});
