import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutatePod } from '../../../src/pod/mutation.js';
import { comparable, withEverythingOnce } from './comparable-pod.js';
import { goldenPods, type RecordedPod, refusalOf, taggedPod } from './golden-pods.js';
import { at } from './json-at.js';

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

type Check = (pod: unknown, recorded: RecordedPod) => void;

const newVolumes = (pod: unknown, { podIn }: RecordedPod) => {
  const before = volumeNames(podIn);
  return volumeNames(pod).filter((name) => !before.includes(name));
};
const volumeCalled =
  (...expected: string[]): Check =>
  (pod, recorded) =>
    assert.deepEqual(newVolumes(pod, recorded), expected);

const memory = (pod: unknown) => at(sparkContainer(pod), 'resources', 'limits', 'memory');
const unchanged: Check = (pod, { podIn }) => assert.deepEqual(comparable(pod), comparable(podIn));

/** The peer's pod, but for what it has twice. */
const everythingOnce: Check = (pod, { podOut }) =>
  assert.deepEqual(comparable(pod), comparable(withEverythingOnce(podOut)));

/** As if the pod had been recorded as Spark's. */
const withFeatures: Check = (pod) => {
  assert.deepEqual(valuesOf(pod, 'A'), ['a']);
  assert.deepEqual(at(pod, 'spec', 'tolerations', 0), { key: 'k', operator: 'Exists' });
};

/** Faults of the peer, each with what is right. */
const better: Readonly<Record<string, Check>> = {
  'batch-scheduler-empty': (pod) => assert.equal(at(pod, 'spec', 'schedulerName'), 'bin-packing'),
  'combination-etl': everythingOnce,
  'combination-everything': everythingOnce,
  'combination-template': everythingOnce,
  'config-maps-dotted-name': volumeCalled('log4j2-properties-05688c10-vol'),
  'config-maps-long-name': volumeCalled('config-map-with-a-name-that-is-much-too-long-to-be-e8bc29cb-vol'),
  'config-maps-long-name-dash': volumeCalled('config-map-with-a-name-that-is-too-long-for-a-volu-84b454fd-vol'),
  'config-maps-long-names-collide': (pod, recorded) => assert.equal(new Set(newVolumes(pod, recorded)).size, 2),
  'config-maps-present-in-pod': everythingOnce,
  'config-maps-same-twice': everythingOnce,
  'container-name-executor': (pod) => {
    assert.equal(at(sparkContainer(pod), 'name'), 'spark-kubernetes-executor');
    assert.deepEqual(valuesOf(pod, 'A'), ['a']);
    const helper = [...Object(at(pod, 'spec', 'containers'))].find((container) => at(container, 'name') === 'executor');
    assert.equal(at(helper, 'env'), undefined);
  },
  'env-from-present-in-pod': everythingOnce,
  'env-present-in-pod': everythingOnce,
  'env-twice-in-spec': everythingOnce,
  'gpu-present': (pod) => {
    const { limits, requests } = Object(at(sparkContainer(pod), 'resources'));
    assert.equal(limits['nvidia.com/gpu'], '2');
    assert.equal(requests['nvidia.com/gpu'], '2');
  },
  'init-containers-present': (pod) => {
    const containers = [...Object(at(pod, 'spec', 'initContainers'))];
    assert.deepEqual(names(containers), ['same', 'other']);
    // The annotation wins, also where the image is the same.
    assert.deepEqual(at(containers[0], 'command'), ['true']);
    assert.equal(at(containers[1], 'image'), 'busybox:2');
  },
  // An empty one is none; `lots` is refused at validation.
  'memory-limit-invalid': unchanged,
  'memory-limit-java-upper-case': (pod, { role }) => assert.equal(memory(pod), role === 'driver' ? '2Gi' : '3Gi'),
  'memory-limit-kubernetes-decimal': (pod, { role }) => assert.equal(memory(pod), role === 'driver' ? '1500Mi' : '2E'),
  'memory-limit-odd': (pod, { role }) => assert.equal(memory(pod), role === 'driver' ? '2147483648' : '2Gi'),
  'monitoring-dotted-app-name': volumeCalled('daily-report-v2-prom-conf-66819647-vol'),
  'monitoring-long-app-name': (pod, recorded) => assert.equal(newVolumes(pod, recorded)[0]?.length, 63),
  'mounts-same-path': everythingOnce,
  'no-role-label': withFeatures,
  'no-role-label-nothing-set': unchanged,
  'other-role': withFeatures,
  // The driver's owner comes from the reconciler; the webhook leaves owners alone that it is not told of.
  'owner-reference-other-controller': (pod, { podIn }) =>
    assert.deepEqual(at(pod, 'metadata', 'ownerReferences'), at(podIn, 'metadata', 'ownerReferences')),
  'owner-reference-similar': (pod, { podIn, role }) => {
    const before = [...Object(at(podIn, 'metadata', 'ownerReferences'))];
    const after = [...Object(at(pod, 'metadata', 'ownerReferences'))];
    if (role === 'driver') assert.deepEqual(after, before);
    assert.equal(new Set(after.map((owner) => at(owner, 'uid'))).size, after.length);
  },
  'ports-present-in-pod': everythingOnce,
  'sidecars-present': everythingOnce,
  'spark-config-map': everythingOnce,
  'template-and-fields': everythingOnce,
  'tolerations-present': everythingOnce,
  'volumes-present-in-pod': everythingOnce,
  'volumes-same-name-other-source': everythingOnce,
  'volumes-sidecar-only': volumeCalled('logs'),
  'volumes-undeclared-in-pod': (pod, recorded) => {
    assert.deepEqual(newVolumes(pod, recorded), []);
    assert.ok(mounts(pod).length > mounts(recorded.podOut).length);
  },
};

/** Pods that are refused in words, where the peer goes wrong. */
const denied: Readonly<Record<string, { readonly code: string; readonly message: RegExp }>> = {
  'pod-no-containers': { code: 'REVIEW_INVALID', message: /^the pod has no containers$/ },
  'volumes-undeclared': { code: 'MUTATION_CONFLICT', message: /names volume .+, which the pod does not have$/ },
};

/** Applications that are refused for a fault that the peer does not see, with the paths. */
const refusedForFault: Readonly<Record<string, readonly string[]>> = {
  'memory-limit-invalid': ['spec.driver.memoryLimit'],
  'monitoring-dotted-app-name': ['metadata.name'],
  'mounts-same-path': ['spec.driver.volumeMounts[0].mountPath'],
  'volumes-undeclared': ['spec.driver.volumeMounts', 'spec.executor.volumeMounts'],
  'volumes-undeclared-in-pod': ['spec.driver.volumeMounts', 'spec.executor.volumeMounts'],
};

/** The listed exceptions: no faults of the peer, and yet another answer (docs/compatibility.md). */
const exceptions: Readonly<Record<string, { readonly refusal?: readonly string[]; readonly pods?: Check }>> = {
  // Without an application there are no tags; nothing is looked up, so that nothing can be missing.
  'application-missing': { pods: unchanged },
  'application-other-namespace': { pods: unchanged },
  // The name in the case has 60 characters: cut with a hash, as the peer's later releases do.
  'config-maps-name-59': { pods: volumeCalled('config-map-with-a-name-of-exactly-fifty-nine-chara-c0709a29-vol') },
  'node-selector': { refusal: ['spec.nodeSelector'] },
  'python-client-mode': { refusal: ['spec.mode'] },
  'spark-version-2': { refusal: ['spec.sparkVersion'] },
  'spark-version-odd': { refusal: ['spec.sparkVersion'] },
};

const cases = goldenPods();

describe('the recorded pods', () => {
  it('are there, all of them, and every fault of the peer has its right answer here', () => {
    const all = cases.map(({ name }) => name);
    assert.equal(all.length, 115);
    const corrected = new Set([better, denied, refusedForFault].flatMap(Object.keys));
    const faults = cases.filter(({ fault }) => fault !== null).map(({ name }) => name);
    assert.deepEqual([...corrected].sort(), faults.sort());
  });

  it('have fewer than 10 listed exceptions beyond those faults', () => {
    assert.ok(Object.keys(exceptions).length < 10);
    const known = new Map(cases.map(({ name, fault }) => [name, fault]));
    for (const name of Object.keys(exceptions)) assert.equal(known.get(name), null, name);
  });
});

for (const golden of cases) {
  const { name } = golden;
  describe(name, () => {
    const refusal = exceptions[name]?.refusal ?? refusedForFault[name] ?? [];
    it(refusal.length === 0 ? 'is a sound application' : 'has an application that is refused, with the paths', () => {
      assert.deepEqual(refusalOf(golden), refusal);
    });

    for (const recorded of golden.pods) {
      const { role } = recorded;
      const pod = taggedPod(golden, recorded);
      const denial = denied[name];
      if (denial !== undefined) {
        it(`is refused in words (${role})`, () => assert.throws(() => mutatePod(pod), denial));
        continue;
      }
      const check = better[name] ?? exceptions[name]?.pods;
      it(`gives ${check === undefined ? "the peer's pod" : 'a better pod than the peer'} (${role})`, () => {
        const mutated = mutatePod(pod).pod;
        assertSound(mutated);
        if (check === undefined) assert.deepEqual(comparable(mutated), comparable(recorded.podOut));
        else check(mutated, recorded);
      });

      it(`is not changed by a second admission (${role})`, () => {
        const once = mutatePod(pod).pod;
        const twice = mutatePod(once);
        assert.deepEqual([twice.pod, twice.patch], [once, []]);
      });

      if (role === 'executor' && pod !== recorded.podIn && better[name] !== unchanged) {
        it('has the application as an owner that controls nothing (executor)', () => {
          const owners = [...Object(at(mutatePod(pod).pod, 'metadata', 'ownerReferences'))];
          const ours = owners.filter((owner) => at(owner, 'uid') === golden.application?.metadata.uid);
          assert.deepEqual(
            ours.map((owner) => [at(owner, 'kind'), at(owner, 'controller')]),
            [['SparkApplication', false]],
          );
        });
      }
    }
  });
}
