/** Lists, watches, tables, discovery and logs of the embedded API server, and what it leaves to real ones. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FakeClock } from '../kube/fake-clock.js';
import { ApiServerSite, application, applications, configMap, configMaps, pod, pods } from './api-server-site.js';

let site: ApiServerSite;
before(async () => {
  site = await ApiServerSite.open({ historyLimit: 20 });
  for (const [name, labels] of Object.entries({ a: { tier: 'x' }, b: { tier: 'y', extra: '' }, c: {} })) {
    await site.send('POST', configMaps, configMap(name, { labels }), 201);
  }
});
after(() => site.close());

async function names(query: string): Promise<string[]> {
  const { body } = await site.send('GET', `${configMaps}?${query}`, undefined, 200);
  return body.items.map(({ metadata }) => metadata.name);
}

describe('a list', () => {
  const selections: [query: string, selected: string[]][] = [
    ['labelSelector=tier=x', ['a']],
    ['labelSelector=tier==x', ['a']],
    ['labelSelector=tier!=x', ['b', 'c']],
    ['labelSelector=tier in (x, y),extra', ['b']],
    ['labelSelector=tier notin (x,y)', ['c']],
    ['labelSelector=!tier', ['c']],
    ['fieldSelector=metadata.name=b', ['b']],
    ['fieldSelector=metadata.name!=b,metadata.namespace=default', ['a', 'c']],
  ];
  for (const [query, selected] of selections) {
    it(`selects by ${query}`, async () =>
      assert.deepEqual(await names(query.replace(/=(.*)$/u, (_, value) => `=${encodeURIComponent(value)}`)), selected));
  }

  it('refuses selectors that it does not understand', async () => {
    await site.send('GET', `${configMaps}?labelSelector=a+b+c`, undefined, 400);
    const { body } = await site.send('GET', `${pods}?fieldSelector=spec.x%3Db`, undefined, 400);
    assert.equal(body.message, 'field label not supported: spec.x');
  });

  it('comes in pages that all show one resource version', async () => {
    const first = await site.send('GET', `${configMaps}?limit=2`, undefined, 200);
    await site.send('POST', configMaps, configMap('aa'), 201);
    const second = await site.send(
      'GET',
      `${configMaps}?limit=2&continue=${first.body.metadata['continue']}`,
      undefined,
      200,
    );
    assert.deepEqual(
      [...first.body.items, ...second.body.items].map(({ metadata }) => metadata.name),
      ['a', 'b', 'c'],
    );
    assert.equal(second.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
    assert.equal(first.body.metadata['remainingItemCount'], 1);
    await site.send('DELETE', `${configMaps}/aa`, undefined, 200);
  });

  it('of a version that is not there yet is refused with a time to wait', async () => {
    const { headers, body } = await site.send('GET', `${configMaps}?resourceVersion=99999999`, undefined, 504);
    assert.equal(headers.get('retry-after'), '1');
    assert.match(body.message, /^Timeout: Too large resource version: 99999999/u);
  });
});

describe('a watch', () => {
  it('goes on from the resource version of a list', async () => {
    const { body } = await site.send('GET', configMaps, undefined, 200);
    const events = await site.watch(
      `${configMaps}?watch=1&resourceVersion=${body.metadata.resourceVersion}`,
      3,
      async () => {
        await site.send('POST', configMaps, configMap('seen'), 201);
        await site.patch(`${configMaps}/seen`, 'merge', { data: { a: '2' } }, 200);
        await site.send('DELETE', `${configMaps}/seen`, undefined, 200);
      },
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    assert.deepEqual(
      versions,
      [...versions].sort((x, y) => x - y),
    );
  });

  it('begins with what is there when it names no version, and marks the end of that on demand', async () => {
    const query = 'watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    const events = await site.watch(`${configMaps}?${query}`, 4);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'ADDED', 'ADDED', 'BOOKMARK'],
    );
    assert.deepEqual(events.at(-1)?.object.metadata['annotations'], { 'k8s.io/initial-events-end': 'true' });
  });

  it('tells of an object that is no longer selected as deleted', async () => {
    await site.send('POST', configMaps, configMap('leaving', { labels: { here: 'yes' } }), 201);
    const events = await site.watch(`${configMaps}?watch=1&labelSelector=here`, 2, () =>
      site.patch(`${configMaps}/leaving`, 'merge', { metadata: { labels: { here: null } } }, 200),
    );
    assert.deepEqual(
      events.map(({ type }) => type),
      ['ADDED', 'DELETED'],
    );
    await site.send('DELETE', `${configMaps}/leaving`, undefined, 200);
  });

  it('from before what is remembered is answered with 410, and so are the pages of an old list', async () => {
    const { body } = await site.send('GET', `${configMaps}?limit=1`, undefined, 200);
    for (let index = 0; index < 50; index += 1)
      await site.patch(`${configMaps}/c`, 'merge', { data: { a: String(index) } }, 200);
    const [event] = await site.watch(`${configMaps}?watch=1&resourceVersion=2`, 1);
    assert.equal(event?.type, 'ERROR');
    assert.deepEqual([event?.object['code'], event?.object.reason], [410, 'Expired']);
    await site.send('GET', `${configMaps}?limit=1&continue=${body.metadata['continue']}`, undefined, 410);
  });

  it('has bookmarks in between and at its end', async () => {
    const clock = new FakeClock();
    const other = await ApiServerSite.open({ clock });
    const query = 'watch=1&resourceVersion=3&allowWatchBookmarks=true&timeoutSeconds=90';
    const events = await other.watch(`${configMaps}?${query}`, 9, () => clock.advance(90_000));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['BOOKMARK', 'BOOKMARK'],
    );
    await other.close();
  });
});

describe('a table', () => {
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

  it('has the columns that a definition declares', async () => {
    await site.send('POST', applications, application('shown'), 201);
    const status = { applicationState: { state: 'RUNNING' }, executionAttempts: 1 };
    await site.patch(`${applications}/shown/status`, 'merge', { status }, 200);
    const { body } = await site.send('GET', applications, undefined, 200, table);
    assert.equal(body['kind'], 'Table');
    const text = JSON.stringify(body);
    for (const name of ['Name', 'Suspend', 'Status', 'Attempts', 'Start', 'Finish', 'Age'])
      assert.match(text, new RegExp(`"name":"${name}"`, 'u'));
    assert.match(text, /"cells":\["shown",null,"RUNNING","1",null,null,"\ds"\]/u);
  });

  it('shows why a pod waits, and how often it restarted', async () => {
    await site.send('POST', pods, pod('waiting'), 201);
    const waiting = { name: 'main', ready: false, restartCount: 2, state: { waiting: { reason: 'ImagePullBackOff' } } };
    await site.patch(`${pods}/waiting/status`, 'merge', { status: { containerStatuses: [waiting] } }, 200);
    const { body } = await site.send('GET', `${pods}/waiting`, undefined, 200, table);
    assert.match(JSON.stringify(body), /"cells":\["waiting","0\/1","ImagePullBackOff","2","\ds",/u);
  });
});

describe('a client', () => {
  it('discovers groups and resources, plain and aggregated', async () => {
    const plain = await site.send('GET', '/apis/sparkoperator.k8s.io/v1beta2', undefined, 200);
    assert.match(JSON.stringify(plain.body), /"shortNames":\["sparkapp"\].*"sparkapplications\/status"/u);
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const aggregated = await site.send('GET', '/apis', undefined, 200, { accept });
    assert.equal(aggregated.headers.get('content-type'), accept.split(',')[0]);
    assert.match(JSON.stringify(aggregated.body), /"resource":"sparkapplications"/u);
  });

  it('reads the schema of custom resources, and that fields are checked', async () => {
    const index = await site.send('GET', '/openapi/v3', undefined, 200);
    assert.match(JSON.stringify(index.body), /"apis\/sparkoperator\.k8s\.io\/v1beta2":\{"serverRelativeURL"/u);
    const { body } = await site.send('GET', '/openapi/v3/apis/sparkoperator.k8s.io/v1beta2', undefined, 200);
    assert.match(JSON.stringify(body['components']), /What is to run, and how\./u);
    assert.match(JSON.stringify(body['paths']), /fieldValidation/u);
  });

  it('reads the log of a container, its end, and what comes', async () => {
    await site.send('POST', pods, pod('logging'), 201);
    site.server.setLogs('default', 'logging', 'main', ['one', 'two', 'three']);
    const read = async (query: string) => (await fetch(`${site.url}${pods}/logging/log?${query}`)).text();
    assert.equal(await read('tailLines=2'), 'two\nthree\n');
    const following = read('follow=true');
    site.server.setLogs('default', 'logging', 'main', ['one', 'two', 'three', 'four']);
    await site.patch(`${pods}/logging/status`, 'merge', { status: { phase: 'Succeeded' } }, 200);
    assert.equal(await following, 'one\ntwo\nthree\nfour\n');
    await site.send('GET', `${pods}/logging/log?container=other`, undefined, 400);
  });

  const unserved: [method: string, path: string, reason: RegExp][] = [
    [
      'POST',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
      /does not serve validatingadmissionpolicies/u,
    ],
    ['GET', '/apis/apps/v1/namespaces/default/deployments', /does not serve deployments of apps/u],
    ['POST', `${pods}/logging/exec`, /runs no containers/u],
    ['POST', '/api/v1/namespaces/default/serviceaccounts/default/token', /issues no tokens/u],
    ['GET', '/openapi/v2', /openapi\/v3 alone/u],
  ];
  for (const [method, path, reason] of unserved) {
    it(`is told with 501 why there is no ${method} ${path}`, async () => {
      const { body } = await site.send(method, path, undefined, 501);
      assert.equal(body.reason, 'NotImplemented');
      assert.match(body.message, reason);
    });
  }

  it('is told of methods and forms that there are not', async () => {
    await site.send('PATCH', configMaps, {}, 405);
    await site.send('GET', configMaps, undefined, 406, { accept: 'application/vnd.kubernetes.protobuf' });
    assert.equal((await fetch(`${site.url}/nowhere`)).status, 404);
  });
});
