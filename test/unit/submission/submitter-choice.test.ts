import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SubmitOptions } from '../../../reconciler/submission/submit-options.js';
import { chooseSubmitter } from '../../../reconciler/submission/submitter-choice.js';

function options(conf: Record<string, string> = {}, changes: Partial<SubmitOptions> = {}): SubmitOptions {
  return {
    master: 'k8s://https://h',
    primaryResource: 'local:///app.jar',
    arguments: [],
    jars: [],
    files: [],
    pyFiles: [],
    archives: [],
    packages: [],
    excludePackages: [],
    repositories: [],
    conf: new Map(Object.entries(conf)),
    ...changes,
  };
}

const upload = { 'spark.kubernetes.file.upload.path': 's3a://bucket/uploads' };
const steps = 'spark.kubernetes.driver.pod.featureSteps';
const volcano = 'org.apache.spark.deploy.k8s.features.VolcanoFeatureStep';
const authentication = { 'spark.hadoop.hadoop.security.authentication': 'kerberos' };

const needsPod: readonly [what: string, options: SubmitOptions, because: RegExp][] = [
  ['a local main file', options(upload, { primaryResource: '/opt/app.jar' }), /^mainApplicationFile: app\.jar/],
  ['a local file of a list', options(upload, { files: ['file:///etc/a.conf'] }), /^spark\.files: a\.conf/],
  ['a local file of a property', options({ ...upload, 'spark.jars': 'local:///a.jar,/b.jar' }), /^spark\.jars: b\.jar/],
  ['a pattern on S3', options({ 'spark.jars': 's3a://b/*.jar' }), /^spark\.jars: .*pattern/],
  [
    'a template on S3',
    options({ 'spark.kubernetes.executor.podTemplateFile': 's3a://b/t.yaml' }),
    /^spark\.kubernetes\.executor\.podTemplateFile/,
  ],
  ['a feature step of the image', options({ [steps]: `${volcano},com.example.Step` }), /com\.example\.Step/],
  ['delegation tokens', options(authentication), /delegation tokens/],
  ['a keytab of the image', options({ 'spark.kerberos.keytab': '/etc/k.keytab' }), /^spark\.kerberos\.keytab/],
  ['krb5.conf of the image', options({ 'spark.kubernetes.kerberos.krb5.path': '/etc/krb5.conf' }), /krb5\.path/],
];

const isNative: readonly [what: string, options: SubmitOptions][] = [
  ['files in the image', options(upload)],
  ['a local file without a place to upload it to', options({}, { primaryResource: '/opt/app.jar' })],
  ['a local R file, which Spark does not upload', options(upload, { primaryResource: '/opt/app.R' })],
  ['a list of jars on S3', options({ 'spark.jars': 's3a://b/a.jar' })],
  ['templates in fields', options({ 'spark.kubernetes.driver.podTemplateFile': '/tmp/spark/id/driver.yaml' })],
  ["Volcano's feature step", options({ [steps]: volcano })],
  ['a keytab that the driver reads', options({ ...authentication, 'spark.kerberos.keytab': 'local:///k.keytab' })],
  ['tokens in a Secret', options({ ...authentication, 'spark.kubernetes.kerberos.tokenSecret.name': 'tokens' })],
];

describe('who submits', () => {
  for (const [what, asking, because] of needsPod) {
    it(`is a pod for ${what}, and the reason names it`, () => {
      const choice = chooseSubmitter(undefined, asking);
      assert.equal(choice.submitter, 'pod');
      assert.match(choice.submitter === 'pod' ? choice.because : '', because);
    });
  }

  for (const [what, asking] of isNative) {
    it(`is the operator for ${what}`, () => {
      assert.deepEqual(chooseSubmitter(undefined, asking), { submitter: 'native' });
    });
  }

  it('is whom the annotation names', () => {
    assert.equal(chooseSubmitter('pod', options()).submitter, 'pod');
    assert.equal(chooseSubmitter('native', options(upload, { primaryResource: '/opt/app.jar' })).submitter, 'native');
  });

  it('is told without the secrets of a URI', () => {
    const choice = chooseSubmitter(undefined, options({ 'spark.jars': 's3a://key:secret@bucket/*.jar' }));
    assert.ok(!JSON.stringify(choice).includes('secret'));
  });
});
