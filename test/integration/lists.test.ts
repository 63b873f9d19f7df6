/** Lists: selectors, pages, and the version that they show. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { configMaps, pods, sparkApplications } from '../../src/kube/resources.js';
import { rightSelectors, wrongSelectors } from '../unit/api/label-selectors.js';
import { application, configMap, pod } from './bodies.js';
import { IntegrationSite } from './site.js';

let site: IntegrationSite;
/** Not `kube-root-ca.crt`, which some control planes put into every namespace. */
const ours = { labelSelector: 'subject=lists' };

/** All, one of no values, and what registrations have no operator for. */
const takenByServersOnly: ReadonlySet<string> = new Set(['', 'team in ()', 'team > 1']);

before(async () => {
  site = await IntegrationSite.open('lists');
  const teams = { a: 'red', b: 'blue', c: 'blue', d: undefined, e: 'green' };
  for (const [name, team] of Object.entries(teams)) {
    const labels = { subject: 'lists', ...(team === undefined ? {} : { team }) };
    await site.create(configMaps, configMap(name, { labels }));
  }
});
after(() => site.close());

describe('a list', () => {
  it('has the objects in the order of their names, and a version', async () => {
    const { body } = await site.list(configMaps, ours);
    assert.equal(body['kind'], 'ConfigMapList');
    assert.deepEqual(
      body.items.map(({ metadata }) => metadata.name),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.match(body.metadata.resourceVersion, /^\d+$/u);
  });

  it('leaves kind and version out of the items of Kubernetes’ own kinds, and not of custom resources', async () => {
    await site.create(sparkApplications, application('typed'));
    const own = (await site.list(configMaps, ours)).body.items[0];
    const custom = (await site.list(sparkApplications)).body.items[0];
    assert.deepEqual([own?.['kind'], custom?.['kind']], [undefined, 'SparkApplication']);
  });

  it('of all namespaces has those of this one', async () => {
    const answer = await site.send('GET', '/api/v1/configmaps', 200, { query: ours });
    assert.equal(answer.body.items.filter(({ metadata }) => metadata['namespace'] === site.namespace).length, 5);
  });

  it('of nothing is empty', async () => {
    assert.deepEqual(await site.names(pods), []);
  });
});

describe('a label selector', () => {
  const selections: readonly (readonly [selector: string, names: readonly string[]])[] = [
    ['team=blue', ['b', 'c']],
    ['team!=blue', ['a', 'd', 'e']],
    ['team in (red, green)', ['a', 'e']],
    ['team notin (red,blue)', ['d', 'e']],
    ['team', ['a', 'b', 'c', 'e']],
    ['!team', ['d']],
    ['team,team!=green', ['a', 'b', 'c']],
  ];
  for (const [selector, names] of selections) {
    it(`"${selector}" selects ${names.join(', ')}`, async () => {
      assert.deepEqual(await site.names(configMaps, { labelSelector: `subject=lists,${selector}` }), names);
    });
  }

  it('is taken exactly where --namespace-selector takes it', async () => {
    const isTaken = (labelSelector: string) =>
      site.list(configMaps, { labelSelector }).then(
        () => true,
        () => false,
      );
    for (const [text] of rightSelectors) assert.ok(await isTaken(text), text);
    for (const [text] of wrongSelectors) {
      if (!takenByServersOnly.has(text)) assert.equal(await isTaken(text), false, text);
    }
  });

  it('that is none is refused', async () => {
    const { body } = await site.list(configMaps, { labelSelector: 'team in blue' }, 400);
    assert.match(body.message, /unable to parse requirement/u);
  });
});

describe('a field selector', () => {
  it('selects by name', async () => {
    assert.deepEqual(await site.names(configMaps, { ...ours, fieldSelector: 'metadata.name=c' }), ['c']);
    assert.deepEqual(await site.names(configMaps, { ...ours, fieldSelector: 'metadata.name!=c' }), [
      'a',
      'b',
      'd',
      'e',
    ]);
  });

  it('selects pods by their phase', async () => {
    await site.create(pods, pod('pending'));
    await site.create(pods, pod('running'));
    await site.patch(pods, 'running/status', 'merge', { status: { phase: 'Running' } });
    assert.deepEqual(await site.names(pods, { fieldSelector: 'status.phase=Running' }), ['running']);
  });

  it('by a field that can not be selected by is refused', async () => {
    const { body } = await site.list(configMaps, { fieldSelector: 'data.a=1' }, 400);
    assert.equal(body.message, '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"');
    const custom = await site.list(sparkApplications, { fieldSelector: 'spec.type=Scala' }, 400);
    assert.equal(custom.body.message, 'field label not supported: spec.type');
  });
});

describe('a list in pages', () => {
  it('has them all, at one version, whatever changes meanwhile', async () => {
    const first = await site.list(configMaps, { ...ours, limit: '2' });
    await site.create(configMaps, configMap('aa', { labels: { subject: 'lists' } }));
    const names = first.body.items.map(({ metadata }) => metadata.name);
    for (let token = first.body.metadata.continue; token !== ''; ) {
      const { body } = await site.list(configMaps, { ...ours, limit: '2', continue: token });
      assert.equal(body.metadata.resourceVersion, first.body.metadata.resourceVersion);
      names.push(...body.items.map(({ metadata }) => metadata.name));
      token = body.metadata.continue;
    }
    await site.remove(configMaps, 'aa');
    assert.deepEqual(names, ['a', 'b', 'c', 'd', 'e']);
  });

  it('has no token where one page is enough', async () => {
    await site.create(sparkApplications, application('single'));
    const { body } = await site.list(sparkApplications, { limit: '10' });
    assert.ok(body.items.length > 0);
    assert.equal(body.metadata.continue, '');
  });

  it('is refused for a token that is none', async () => {
    const { body } = await site.list(configMaps, { limit: '2', continue: 'rubbish' }, 400);
    assert.match(body.message, /continue key is not valid/u);
  });
});

describe('a resource version', () => {
  it('that was is listed as it was, where it must match exactly', async () => {
    const { body } = await site.list(configMaps, ours);
    const { resourceVersion } = body.metadata;
    await site.create(configMaps, configMap('later', { labels: { subject: 'lists' } }));
    const exact = { ...ours, resourceVersion, resourceVersionMatch: 'Exact' };
    assert.deepEqual(await site.names(configMaps, exact), ['a', 'b', 'c', 'd', 'e']);
    await site.remove(configMaps, 'later');
  });

  it('that is no number is refused', async () => {
    await site.list(configMaps, { resourceVersion: 'soon' }, 400);
  });
});
