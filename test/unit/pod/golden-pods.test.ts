import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { annotationPrefix, label } from '../../../src/api/labels.js';
import { readSparkApplication } from '../../../src/api/spark-application.js';
import { isJsonObject, type JsonObject } from '../../../src/pod/json.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { tagsOf } from '../../../src/pod/tags.js';
import { type GoldenPods, goldenPods, type RecordedPod, refusedApplications } from './golden-pods.js';
import { at } from './json-at.js';

/** The pod as the webhook gets it: tagged by the reconciler or by Spark. */
function taggedPod({ application }: GoldenPods, { role, podIn }: RecordedPod): JsonObject {
  const reading = readSparkApplication(application);
  assert.ok(reading.ok, JSON.stringify(reading));
  const metadata = isJsonObject(podIn['metadata']) ? podIn['metadata'] : {};
  return {
    ...podIn,
    metadata: {
      ...metadata,
      labels: { ...Object(metadata['labels']), [label.tagged]: 'true' },
      annotations: { ...Object(metadata['annotations']), ...Object.fromEntries(tagsOf(reading.application, role)) },
    },
  };
}

/** Without what is ours, what the peer adds without meaning, and owners, which are compared on their own. */
function comparable(pod: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(pod), (key, value) => {
    if (key === 'creationTimestamp' && value === null) return undefined;
    if (key === 'volumeClaimTemplate' && Object.keys(Object(value.metadata)).length === 0) return { spec: value.spec };
    if (key === 'ownerReferences' || key.startsWith(annotationPrefix)) return undefined;
    return value;
  });
  assert.ok(isJsonObject(copy) && isJsonObject(copy['metadata']));
  const { status, ...rest } = copy;
  const { annotations, ...metadata } = copy['metadata'];
  const others = Object.keys(Object(annotations)).length === 0 ? {} : { annotations };
  return { ...rest, metadata: { ...metadata, ...others } };
}

const sparkContainer = (pod: unknown) => {
  const containers = Object(at(pod, 'spec', 'containers'));
  const found = [...containers].find((container) => /^spark-kubernetes-/.test(String(at(container, 'name'))));
  return found ?? containers[0];
};
const names = (list: unknown) => [...Object(list ?? [])].map((item) => String(at(item, 'name')));
const volumeNames = (pod: unknown) => names(at(pod, 'spec', 'volumes'));
const mounts = (pod: unknown) => [...Object(at(sparkContainer(pod), 'volumeMounts') ?? [])];
const valuesOf = (pod: unknown, name: string) =>
  [...Object(at(sparkContainer(pod), 'env'))]
    .filter((item) => at(item, 'name') === name)
    .map((item) => at(item, 'value'));

/** Every name of a volume once, every path of a mount once, and no mount without its volume: what Kubernetes asks for. */
function assertSound(pod: unknown): void {
  const volumes = volumeNames(pod);
  const paths = mounts(pod).map((mount) => at(mount, 'mountPath'));
  assert.equal(new Set(volumes).size, volumes.length, volumes.join());
  assert.equal(new Set(paths).size, paths.length, paths.join());
  for (const name of volumes) assert.match(name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  for (const mount of mounts(pod)) assert.ok(volumes.includes(String(at(mount, 'name'))), JSON.stringify(mount));
}

type Better = (pod: unknown, recorded: RecordedPod) => void;

const newVolumes = (pod: unknown, { podIn }: RecordedPod) => {
  const before = volumeNames(podIn);
  return volumeNames(pod).filter((name) => !before.includes(name));
};
const asWithoutLookingAnythingUp: Better = (pod) => {
  assert.deepEqual(valuesOf(pod, 'A'), ['a']);
  assert.deepEqual(at(pod, 'spec', 'tolerations', 0), { key: 'k', operator: 'Exists' });
};

/** Cases where our answer is another one, each with what it is: faults of the peer, and its look-ups. */
const better: Readonly<Record<string, Better>> = {
  'config-maps-dotted-name': (pod, recorded) =>
    assert.deepEqual(newVolumes(pod, recorded), ['log4j2-properties-05688c10-vol']),
  'config-maps-long-name': (pod, recorded) =>
    assert.deepEqual(newVolumes(pod, recorded), ['config-map-with-a-name-that-is-much-too-long-to-be-e8bc29cb-vol']),
  'config-maps-long-name-dash': (pod, recorded) =>
    assert.deepEqual(newVolumes(pod, recorded), ['config-map-with-a-name-that-is-too-long-for-a-volu-84b454fd-vol']),
  'config-maps-long-names-collide': (pod, recorded) => assert.equal(new Set(newVolumes(pod, recorded)).size, 2),
  // No fault is noted, but the name in the case has 60 characters: cut with a hash, as the peer's later releases do.
  'config-maps-name-59': (pod, recorded) =>
    assert.deepEqual(newVolumes(pod, recorded), ['config-map-with-a-name-of-exactly-fifty-nine-chara-c0709a29-vol']),
  'config-maps-present-in-pod': (pod, recorded) => assert.deepEqual(newVolumes(pod, recorded), []),
  'config-maps-same-twice': (pod, recorded) => {
    assert.deepEqual(newVolumes(pod, recorded), ['cm-a-vol']);
    const places = mounts(pod).filter((mount) => at(mount, 'name') === 'cm-a-vol');
    assert.deepEqual(
      places.map((mount) => at(mount, 'mountPath')),
      ['/etc/a', '/etc/b'],
    );
  },
  'container-name-executor': (pod) => {
    assert.equal(at(sparkContainer(pod), 'name'), 'spark-kubernetes-executor');
    assert.deepEqual(valuesOf(pod, 'A'), ['a']);
    const helper = [...Object(at(pod, 'spec', 'containers'))].find((container) => at(container, 'name') === 'executor');
    assert.equal(at(helper, 'env'), undefined);
  },
  'env-present-in-pod': (pod) => assert.deepEqual(valuesOf(pod, 'SPARK_USER'), ['root']),
  'env-twice-in-spec': (pod) => {
    const all = names(at(sparkContainer(pod), 'env'));
    assert.equal(new Set(all).size, all.length);
  },
  'spark-config-map': (pod) => assert.deepEqual(valuesOf(pod, 'SPARK_CONF_DIR'), ['/etc/spark/conf']),
  'tolerations-present': (pod) => {
    const all = [...Object(at(pod, 'spec', 'tolerations'))].map((toleration) => JSON.stringify(toleration));
    assert.equal(new Set(all).size, all.length);
    assert.equal(all.length, 3);
  },
  'volumes-present-in-pod': (pod, recorded) => assert.deepEqual(newVolumes(pod, recorded), []),
  'volumes-same-name-other-source': (pod) => {
    const data = [...Object(at(pod, 'spec', 'volumes'))].filter((volume) => at(volume, 'name') === 'data');
    assert.deepEqual(data, [{ name: 'data', persistentVolumeClaim: { claimName: 'data-claim' } }]);
  },
  // The driver's owner comes from the reconciler; the webhook leaves owners alone that it is not told of.
  'owner-reference-other-controller': (pod, { podIn }) =>
    assert.deepEqual(at(pod, 'metadata', 'ownerReferences'), at(podIn, 'metadata', 'ownerReferences')),
  'owner-reference-similar': (pod, { podIn, role }) => {
    const before = [...Object(at(podIn, 'metadata', 'ownerReferences'))];
    const after = [...Object(at(pod, 'metadata', 'ownerReferences'))];
    if (role === 'driver') assert.deepEqual(after, before);
    assert.equal(new Set(after.map((owner) => at(owner, 'uid'))).size, after.length);
  },
  // The tags decide, not the name, the namespace or the role in a label.
  'application-other-namespace': asWithoutLookingAnythingUp,
  'no-app-label': asWithoutLookingAnythingUp,
  'no-role-label': asWithoutLookingAnythingUp,
  'no-role-label-nothing-set': (pod, { podIn }) => assert.deepEqual(comparable(pod), comparable(podIn)),
  'other-role': asWithoutLookingAnythingUp,
  'pod-no-namespace': asWithoutLookingAnythingUp,
  'pod-other-namespace': asWithoutLookingAnythingUp,
};

/** Refused in words, where the peer panics. */
const denied: Readonly<Record<string, RegExp>> = { 'pod-no-containers': /^the pod has no containers$/ };

const cases = goldenPods().filter(({ name }) => !Object.hasOwn(refusedApplications, name));

describe('the recorded pods', () => {
  it('are there, and so are those whose answer is listed as another one', () => {
    const all = goldenPods().map(({ name }) => name);
    assert.ok(all.length >= 48, String(all.length));
    const listed = [better, denied, refusedApplications].flatMap(Object.keys);
    assert.deepEqual(
      listed.filter((name) => !all.includes(name)),
      [],
    );
    const unlisted = goldenPods().filter(({ name, fault }) => fault !== null && !listed.includes(name));
    assert.deepEqual(unlisted, []);
  });
});

for (const golden of cases) {
  const { name } = golden;
  describe(name, () => {
    for (const recorded of golden.pods) {
      const { role } = recorded;
      const pod = taggedPod(golden, recorded);
      const refusal = denied[name];
      const check = better[name];
      if (refusal !== undefined) {
        it(`is refused in words (${role})`, () => {
          assert.throws(() => mutatePod(pod), { code: 'REVIEW_INVALID', message: refusal });
        });
        continue;
      }
      it(`gives ${check === undefined ? "the peer's pod" : 'a better pod than the peer'} (${role})`, () => {
        const mutated = mutatePod(pod).pod;
        assertSound(mutated);
        if (check === undefined) assert.deepEqual(comparable(mutated), comparable(recorded.podOut));
        else check(mutated, recorded);
      });

      it(`is not changed by a second admission (${role})`, () => {
        const once = mutatePod(pod).pod;
        assert.deepEqual(mutatePod(once), { pod: once, patch: [] });
      });

      if (role === 'executor') {
        it('has the application as an owner that controls nothing (executor)', () => {
          const owners = [...Object(at(mutatePod(pod).pod, 'metadata', 'ownerReferences'))];
          const ours = owners.filter((owner) => at(owner, 'uid') === at(golden.application, 'metadata', 'uid'));
          assert.deepEqual(
            ours.map((owner) => [at(owner, 'kind'), at(owner, 'controller')]),
            [['SparkApplication', false]],
          );
        });
      }
    }
  });
}
