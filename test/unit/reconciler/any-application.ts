/** Applications, pods and times as no plan would make them, for what must hold of every decision. */
import fc from 'fast-check';
import type { ApplicationRecord } from '../../../reconciler/application-record.js';
import type { DecisionContext, DriverObservation, Observation } from '../../../reconciler/decision.js';
import { rendererOf, specHash } from '../../../reconciler/driver-rendering.js';
import { defaultSettings } from '../../../reconciler/settings.js';
import type { SparkPod } from '../../../reconciler/spark-pod.js';
import { applicationStates, formatTime } from '../../../src/api/status.js';
import { application, context, driverPod, now, spec, submissionId } from './applications.js';

const day = 86_400_000;

const anyTime = fc.integer({ min: now - day, max: now + day });
/** The first seven times out of eight, or most decisions would be of the same few kinds. */
const mostly = <Type>(usual: Type, other: Type): fc.Arbitrary<Type> =>
  fc.nat(7).map((chance) => (chance === 0 ? other : usual));
const perhaps = <Type>(value: fc.Arbitrary<Type>) => fc.option(value, { nil: undefined });

const anySpec: fc.Arbitrary<object> = fc
  .record({
    restartPolicy: fc.record({
      type: fc.constantFrom('Never', 'Always', 'OnFailure'),
      onFailureRetries: fc.nat(3),
      onSubmissionFailureRetries: fc.nat(3),
    }),
    suspend: mostly(false, true),
    timeToLiveSeconds: perhaps(fc.nat(200_000)),
    mode: mostly('cluster', 'client'),
    sparkConf: fc.constantFrom({}, {}, { 'spark.driver.memory': 'lots' }),
  })
  .map((changes) => ({ ...spec, ...changes }));

const anyStatus = (asked: object) =>
  fc
    .record({
      state: fc.constantFrom(...applicationStates),
      attempts: fc.nat(4),
      disrupted: perhaps(fc.nat(12)),
      began: anyTime,
      ended: perhaps(anyTime),
      podUid: fc.constantFrom('pod-uid', 'pod-uid', 'other-uid', undefined),
      marks: fc.constantFrom('ours', 'ours', 'ours', 'of another spec', 'of another version', 'none'),
      byPod: mostly(false, true),
      submissionPodUid: perhaps(fc.constantFrom('pod-uid', 'other-uid')),
      replacedPods: perhaps(fc.constant('pi-driver')),
      waitingSince: perhaps(anyTime),
      generation: fc.constantFrom(1, 2),
    })
    .map(({ state, attempts, disrupted, began, ended, podUid, marks, generation, ...more }) => ({
      ...(state === '' ? {} : { applicationState: { state } }),
      submissionID: submissionId,
      submissionAttempts: attempts,
      executionAttempts: attempts,
      ...(disrupted === undefined ? {} : { infrastructureFailures: disrupted }),
      lastSubmissionAttemptTime: formatTime(began),
      ...(ended === undefined ? {} : { terminationTime: formatTime(ended) }),
      driverInfo: { podName: 'pi-driver', ...(podUid === undefined ? {} : { podUid }) },
      ...(marks === 'none'
        ? {}
        : {
            submission: {
              specHash: marks === 'of another spec' ? 'another' : specHash(asked),
              renderer: marks === 'of another version' ? 'another' : rendererOf(defaultSettings),
              ...(more.byPod ? { submitter: 'pod' } : {}),
              ...(more.submissionPodUid === undefined ? {} : { submissionPodUid: more.submissionPodUid }),
              ...(more.replacedPods === undefined ? {} : { replacedPods: [more.replacedPods] }),
              ...(more.waitingSince === undefined ? {} : { waitingSince: formatTime(more.waitingSince) }),
            },
          }),
      observedGeneration: generation,
    }));

export const anyRecord: fc.Arbitrary<ApplicationRecord> = anySpec.chain((asked) =>
  fc
    .record({
      status: anyStatus(asked),
      deleting: mostly(false, true),
      annotations: mostly({}, { 'sparkoperator.k8s.io/driver-init-timeout': 'soon' }),
      generation: fc.constantFrom(1, 2),
    })
    .map(({ status, ...changes }) => application(status, { spec: asked, ...changes })),
);

const anyPod: fc.Arbitrary<SparkPod> = fc
  .record({
    uid: mostly('pod-uid', 'other-uid'),
    ownerUid: fc.constantFrom('application-uid', 'application-uid', 'application-uid', 'somebody', undefined),
    submissionId: mostly(submissionId, 'another'),
    isSubmitter: mostly(false, true),
    phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'),
    end: perhaps(fc.record({ exitCode: fc.constantFrom(0, 1, 137, 143) })),
    deleting: fc.boolean(),
    deletionDeadline: perhaps(anyTime),
    disruption: mostly<string | undefined>(undefined, 'NodeLost'),
    pending: perhaps(
      fc.record({
        stage: fc.constantFrom('scheduling', 'container creation', 'image pull', 'init containers'),
        since: anyTime,
        because: perhaps(fc.constant({ reason: 'Because', message: 'of something' })),
      }),
    ),
  })
  .map(({ pending, ...changes }) =>
    driverPod({
      ...changes,
      pending:
        pending === undefined
          ? undefined
          : { stage: pending.stage, since: pending.since, ...(pending.because ? { because: pending.because } : {}) },
    }),
  );

const anyDriver: fc.Arbitrary<DriverObservation> = fc.oneof(
  fc.constant({ kind: 'unknown' } as const),
  fc.constant({ kind: 'absent' } as const),
  anyPod.map((pod) => ({ kind: 'present', pod }) as const),
  anyPod.map((pod) => ({ kind: 'present', pod, isLive: true }) as const),
);

export const anyObservation: fc.Arbitrary<Observation> = fc.record(
  {
    driver: anyDriver,
    submissionPod: anyDriver,
    replaced: anyDriver,
    strays: fc.array(anyPod, { maxLength: 2 }),
    executors: fc.constant([]),
    strayExecutors: fc.constant([]),
    released: fc.boolean(),
    configMap: fc.constantFrom('unknown', 'absent', 'present'),
    releasedAt: anyTime,
    driverWarning: fc.constant('none' as const),
    setback: fc.record({ kind: fc.constantFrom('wait', 'refused'), message: fc.constant('something is missing') }),
  },
  {
    requiredKeys: [
      'driver',
      'submissionPod',
      'replaced',
      'strays',
      'executors',
      'strayExecutors',
      'released',
      'configMap',
    ],
  },
);

export const anyContext: fc.Arbitrary<DecisionContext> = anyTime.map((time) => ({ ...context, now: time }));
