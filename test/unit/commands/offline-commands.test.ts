import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import jsonpatch from 'fast-json-patch';
import { parse, parseAllDocuments } from 'yaml';
import { notSupportedYet } from '../../../src/api/not-supported-yet.js';
import { crds } from '../../../src/commands/crds.js';
import { mutate } from '../../../src/commands/mutate.js';
import { render } from '../../../src/commands/render.js';
import { validate } from '../../../src/commands/validate.js';
import { invalidManifests } from '../../manifests/invalid-manifests.js';
import { invalidMetadata, validMetadata } from '../../manifests/metadata.js';
import { validManifests } from '../../manifests/valid-manifests.js';
import { application, manifest } from '../api/manifests.js';
import { at } from '../pod/json-at.js';
import { podWith } from '../pod/pods.js';
import { runCommand } from './run-command.js';
import { temporaryFiles } from './temporary-files.js';

const file = temporaryFiles();

describe('validate', () => {
  it('says nothing of good manifests', async () => {
    const good = file('good.yaml', manifest());
    assert.deepEqual(await runCommand(validate, [good, good]), { code: 0, out: '', err: '' });
  });

  it('says every problem of every file, a line each, with file, line and path', async () => {
    const wrong = file('wrong.json', manifest({ driver: { cores: 0, core: 1 }, type: undefined }));
    const yaml = file('wrong.yaml', `kind: Role\n---\n\n${JSON.stringify(manifest({ mainClass: undefined }))}\n`);
    const { code, out, err } = await runCommand(validate, [wrong, '/nowhere.yaml', yaml]);
    assert.equal(code, 1);
    assert.equal(out, '');
    const places = err.split('\n').map((line) => line.split(': ').slice(0, 2));
    assert.deepEqual(places, [
      [`${wrong}:1`, 'spec.type'],
      [`${wrong}:1`, 'spec.driver.cores'],
      [`${wrong}:1`, 'spec.driver.core'],
      ['/nowhere.yaml', 'ENOENT'],
      [`${yaml}:4`, 'spec.mainClass'],
      [''],
    ]);
  });

  it('says the line of the field, or of what should hold it', async () => {
    const lines = [
      'apiVersion: sparkoperator.k8s.io/v1beta2',
      'kind: SparkApplication',
      'metadata: { name: pi }',
      'spec:',
      '  type: Scala',
      '  mainApplicationFile: local:///a.jar',
      '  mainClass: A',
      '  sparkConf:',
      '    spark.ui.port: "4040"',
      '    spark.master: local',
      '  volumes:',
      '    - name: a',
      '    - name: B',
      '  executor: { cores: 1,',
      '    memory: 1Gi }',
    ];
    const path = file('lines.yaml', lines.join('\n'));
    const { err } = await runCommand(validate, [path]);
    assert.deepEqual(
      err.split('\n').map((line) => line.split(': ').slice(0, 2).join(' ')),
      [`${path}:13 spec.volumes[1].name`, `${path}:15 spec.executor.memory`, ''],
    );
    const { err: later } = await runCommand(validate, [file('rules.yaml', lines.slice(0, 12).join('\n'))]);
    assert.match(later, /rules\.yaml:4: spec\.image: required/);
    assert.match(later, /rules\.yaml:10: spec\.sparkConf\["spark\.master"\]: /);
  });

  for (const { what, spec, metadata, problems } of invalidManifests) {
    it(`refuses ${what}`, async () => {
      const path = file('invalid.yaml', manifest(spec, metadata));
      const { code, err } = await runCommand(validate, [path]);
      assert.equal(code, 1);
      for (const [field, message] of problems) {
        const told = err.split('\n').some((line) => line.startsWith(`${path}:1: ${field}: `) && message.test(line));
        assert.ok(told, `${field} ${message}: ${err}`);
      }
    });
  }

  for (const { what, spec, metadata } of validManifests) {
    it(`has nothing against, but what does not work yet: ${what}`, async () => {
      const { err } = await runCommand(validate, [file('valid.yaml', manifest(spec, metadata))]);
      assert.deepEqual(
        err.split('\n').filter((line) => line !== '' && !line.endsWith(notSupportedYet)),
        [],
      );
    });
  }

  it('says the line of the property that Spark would refuse', async () => {
    const lines = [
      'apiVersion: sparkoperator.k8s.io/v1beta2',
      'kind: SparkApplication',
      'metadata: { name: pi }',
      'spec:',
      '  type: Scala',
      '  image: spark:4.1.4',
      '  mainApplicationFile: local:///a.jar',
      '  mainClass: A',
      '  sparkConf:',
      '    spark.executor: a',
      '    spark.executor.memory: 1Gi',
    ];
    const path = file('refused.yaml', lines.join('\n'));
    const { err } = await runCommand(validate, [path]);
    assert.match(
      err,
      /^[^\n]+:11: spec\.sparkConf\["spark\.executor\.memory"\]: spark\.executor\.memory=1Gi: [^\n]+\n$/,
    );
  });

  for (const kind of ['ScheduledSparkApplication', 'SparkConnect']) {
    it(`says in one line that ${kind} is not supported yet`, async () => {
      const path = file('kind.yaml', `apiVersion: sparkoperator.k8s.io/v1alpha1\nkind: ${kind}\nspec: {}\n`);
      const { err } = await runCommand(validate, [path]);
      assert.equal(err, `${path}:2: kind: ${kind}: not supported yet\n`);
      await assert.rejects(runCommand(render, [path]), {
        code: 'APPLICATION_INVALID',
        message: /: not supported yet$/,
      });
    });
  }

  it('looks into lists', async () => {
    const items = [manifest(), manifest({ type: 'Rust' })].map((object) => `  - ${JSON.stringify(object)}\n`);
    const path = file('list.yaml', `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`);
    const { err } = await runCommand(validate, [path]);
    assert.match(err, /^[^\n]+:5: spec\.type: [^\n]+\n$/);
  });

  for (const { what, object, metadata, problem } of invalidMetadata) {
    it(`refuses metadata with ${what}`, async () => {
      const path = file('metadata.yaml', { ...manifest({}, metadata), ...object });
      const { code, err } = await runCommand(validate, [path]);
      assert.equal(code, 1);
      const [field, words] = problem;
      assert.equal(err.split('\n').length, 2, err);
      assert.ok(err.startsWith(`${path}:1: ${field}: `), err);
      assert.match(err, words);
    });
  }

  for (const { what, object, metadata } of validMetadata) {
    it(`has nothing against metadata with ${what}`, async () => {
      const path = file('metadata.yaml', { ...manifest({}, metadata), ...object });
      assert.deepEqual(await runCommand(validate, [path]), { code: 0, out: '', err: '' });
    });
  }

  it('says what is no object without a path', async () => {
    const path = file('text.yaml', 'hello');
    assert.deepEqual(await runCommand(validate, [path]), {
      code: 1,
      out: '',
      err: `${path}:1: must be of type object: "string"\n`,
    });
  });

  it('takes the namespace of objects that name none from --namespace', async () => {
    const sparkConf = { 'spark.kubernetes.namespace': 'team' };
    const path = file('namespace.yaml', manifest({ sparkConf }, { namespace: undefined }));
    assert.equal((await runCommand(validate, [path, '--namespace=team'])).code, 0);
    assert.equal((await runCommand(validate, [path])).code, 1);
    assert.equal((await runCommand(validate, [path], { FIRESTEEL_NAMESPACE: 'team' })).code, 0);
  });

  it('wants a file', async () => {
    await assert.rejects(runCommand(validate, []), { code: 'USAGE', message: /at least one file/ });
  });
});

describe('render', () => {
  const rendered = async (content: unknown) => {
    const { code, out } = await runCommand(render, [file('render.yaml', content)]);
    assert.equal(code, 0);
    return parseAllDocuments(out).map((document): unknown => document.toJS());
  };

  it('shows driver pod, Service and ConfigMap as YAML', async () => {
    const objects = await rendered(manifest());
    assert.deepEqual(objects.map((object) => at(object, 'kind')).sort(), ['ConfigMap', 'Pod', 'Service']);
    const pod = objects.find((object) => at(object, 'kind') === 'Pod');
    assert.equal(at(pod, 'metadata', 'name'), 'pi-driver');
    assert.equal(at(pod, 'spec', 'containers', 0, 'image'), 'spark:4.1.4');
  });

  it('shows the files of monitoring before the driver that waits for them', async () => {
    const prometheus = { jmxExporterJar: '/p/jmx.jar' };
    const monitoring = { exposeDriverMetrics: true, exposeExecutorMetrics: false, prometheus };
    const [first, second] = await rendered(manifest({ monitoring }));
    assert.equal(at(first, 'metadata', 'name'), 'pi-prom-conf');
    assert.match(String(at(first, 'data', 'prometheus.yaml')), /spark_driver_/);
    assert.equal(at(second, 'kind'), 'Pod');
    assert.equal(at(second, 'metadata', 'annotations', 'prometheus.io/port'), '8090');
  });

  it('shows the objects of every application in the file', async () => {
    const objects = await rendered(
      `${JSON.stringify(manifest())}\n---\n${JSON.stringify(manifest({}, { name: 'e' }))}`,
    );
    const pods = objects.filter((object) => at(object, 'kind') === 'Pod');
    assert.deepEqual(
      pods.map((pod) => at(pod, 'metadata', 'name')),
      ['pi-driver', 'e-driver'],
    );
  });

  it('warns on stderr of a version that is not in the table', async () => {
    const path = file('newer.yaml', manifest({ sparkVersion: '9.9.9' }));
    const { code, err } = await runCommand(render, [path]);
    assert.equal(code, 0);
    assert.match(err, /9\.9\.9/);
  });

  it('refuses a wrong manifest with file, line and path', async () => {
    const path = file('wrong.yaml', manifest({ type: 'Rust' }));
    await assert.rejects(runCommand(render, [path]), (error) => {
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'APPLICATION_INVALID');
      assert.ok(error.message.startsWith(`${path}:1: spec.type: `), error.message);
      return true;
    });
  });

  it('refuses what spark-submit would refuse, in words', async () => {
    const path = file('pool.yaml', manifest({ sparkConf: { 'spark.driver.memory': 'lots' } }));
    await assert.rejects(runCommand(render, [path]), {
      code: 'SUBMISSION_REFUSED',
      message: /spark\.driver\.memory/,
    });
  });

  it('wants exactly one file', async () => {
    await assert.rejects(runCommand(render, []), { code: 'USAGE' });
    await assert.rejects(runCommand(render, ['a', 'b']), { code: 'USAGE' });
  });
});

describe('mutate', () => {
  const pod = podWith({ env: [{ name: 'A', value: 'b' }] });
  const podFile = file('pod.json', pod);

  it('prints the pod after admission', async () => {
    const { code, out, err } = await runCommand(mutate, [podFile]);
    assert.deepEqual([code, err], [0, '']);
    const mutated: unknown = JSON.parse(out);
    assert.deepEqual(at(mutated, 'spec', 'containers', 0, 'env'), [{ name: 'A', value: 'b' }]);
    assert.match(String(at(mutated, 'metadata', 'annotations', 'pod.sparkoperator.k8s.io/applied')), /^[0-9a-f]{64}$/);
  });

  it('prints the patch that leads there with --patch', async () => {
    const whole: unknown = JSON.parse((await runCommand(mutate, [podFile, '--patch=false'])).out);
    const patch: jsonpatch.Operation[] = JSON.parse((await runCommand(mutate, ['--patch', podFile])).out);
    assert.deepEqual(jsonpatch.applyPatch(structuredClone(pod), patch, true).newDocument, whole);
  });

  it('tags the pod first as for the application and the role of the pod', async () => {
    const fields = (value: string) => ({ env: [{ name: 'A', value }], tolerations: [{ key: value }] });
    const path = file('application.yaml', manifest({ driver: fields('of-driver'), executor: fields('of-executor') }));
    for (const role of ['driver', 'executor']) {
      const plain = file(`${role}.json`, podWith({}, { role, spec: { containers: [{ name: 'x' }] } }));
      const mutated: unknown = JSON.parse((await runCommand(mutate, [plain, '--application', path])).out);
      assert.deepEqual(at(mutated, 'spec', 'tolerations'), [{ key: `of-${role}` }]);
      assert.equal(at(mutated, 'metadata', 'labels', 'pod.sparkoperator.k8s.io/tagged'), 'true');
      const owners = role === 'driver' ? undefined : application().uid;
      assert.equal(at(mutated, 'metadata', 'ownerReferences', 0, 'uid'), owners);
    }
  });

  it('takes an application that no API server has stored, which can be no owner', async () => {
    const path = file('no-uid.yaml', manifest({ executor: { tolerations: [{ key: 'k' }] } }, { uid: undefined }));
    const plain = file('executor.json', podWith({}, { role: 'executor' }));
    const mutated: unknown = JSON.parse((await runCommand(mutate, [plain, `--application=${path}`])).out);
    assert.deepEqual(at(mutated, 'spec', 'tolerations'), [{ key: 'k' }]);
    assert.equal(at(mutated, 'metadata', 'ownerReferences'), undefined);
  });

  it('refuses a pod as the webhook would', async () => {
    const refused = file('refused.json', podWith({ env: [{ value: 'x' }] }));
    await assert.rejects(runCommand(mutate, [refused]), {
      code: 'ANNOTATION_INVALID',
      message: /\/env: at \[0\]\.name/,
    });
  });

  it('wants one pod in one file, one application and a role', async () => {
    const two = file('two.yaml', 'a: 1\n---\nb: 1\n');
    const twoApplications = file(
      'applications.yaml',
      `${JSON.stringify(manifest())}\n---\n${JSON.stringify(manifest())}`,
    );
    const noRole = file('no-role.json', podWith({}, { role: 'connect-server' }));
    const one = file('one.yaml', manifest());
    await assert.rejects(runCommand(mutate, []), { code: 'USAGE' });
    await assert.rejects(runCommand(mutate, [podFile, podFile]), { code: 'USAGE' });
    await assert.rejects(runCommand(mutate, [two]), { code: 'FILE_UNREADABLE', message: /one pod/ });
    await assert.rejects(runCommand(mutate, [file('list.json', [])]), { code: 'FILE_UNREADABLE', message: /one pod/ });
    await assert.rejects(runCommand(mutate, [file('text.json', '"a"')]), {
      code: 'FILE_UNREADABLE',
      message: /one pod/,
    });
    await assert.rejects(runCommand(mutate, [podFile, '--application', twoApplications]), {
      code: 'FILE_UNREADABLE',
      message: /one SparkApplication/,
    });
    await assert.rejects(runCommand(mutate, [noRole, '--application', one]), { code: 'USAGE', message: /spark-role/ });
  });
});

describe('crds', () => {
  it('prints the CRD as YAML that says where it comes from', async () => {
    const { code, out } = await runCommand(crds, []);
    assert.equal(code, 0);
    assert.match(out, /^# Generated by `firesteel crds`/);
    assert.equal(at(parse(out), 'metadata', 'name'), 'sparkapplications.sparkoperator.k8s.io');
  });

  it('takes no arguments', async () => {
    await assert.rejects(runCommand(crds, ['x']), { code: 'USAGE' });
    await assert.rejects(runCommand(crds, ['--x']), { code: 'USAGE', message: /Flags here: none$/ });
  });
});
