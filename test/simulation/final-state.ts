/** What must be true when faults are over and everything has come to rest: of the application, and of what else there is. */

import { defaultSettings } from '../../reconciler/settings.js';
import { withDefaults } from '../../src/api/defaults.js';
import { readSparkApplication } from '../../src/api/spark-application.js';
import { parseTime } from '../../src/api/status.js';
import { podFactsOf } from './cluster/pod-facts.js';
import { controllerUidOf, type StoredObject } from './cluster/stored-object.js';
import { isSpent } from './harms.js';
import { type ApplicationAccount, stateOf, statusOf, submittedPart } from './ledger.js';
import { isForeign } from './user-actions.js';
import type { World } from './world.js';

/** Undefined: as it must be. */
export function outcome(world: World): string | undefined {
  const { ledger } = world;
  const lost = [...ledger.applications.values()].find(({ isGone, wasDeleted }) => isGone && !wasDeleted);
  if (lost !== undefined) return 'the application is gone, and nobody deleted it';
  const account = ledger.current;
  if (account === undefined || account.object.metadata.deletionTimestamp !== undefined) return undefined;
  const state = stateOf(account.object);
  if (isExpired(account.object, world.time.now)) return `${state}, and its time to live is over`;
  // Also the driver that an application of this name left behind, when it was orphaned.
  const hasForeignPods = [...world.api.objects.values()].some(
    (object) => object.kind === 'Pod' && !object.metadata.ownerReferences?.some(({ uid }) => uid === account.uid),
  );
  const { errorMessage } = statusOf(account.object).applicationState ?? {};
  // Somebody may have taken it away since it was seen.
  const isSaidToBeForeign = errorMessage?.includes('driver pod already exists') ?? false;
  const wasInTheWay = isSaidToBeForeign && [...ledger.pods.values()].some(isForeign);
  // By a clock that is wrong by hours every wait is over at once, and so it is after hours of sleep.
  const wasImpatient = (ledger.clockWasSet || ledger.hasSlept) && errorMessage?.startsWith('gave up waiting');
  const mayFail = hasForeignPods || wasInTheWay || wasImpatient;
  const expected = [...expectedStates(account, world), ...(mayFail ? ['FAILED'] : [])];
  return expected.includes(state) ? undefined : `${state} (${errorMessage}), not ${expected.join(' or ')}`;
}

/** By far enough that it must have been seen. */
function isExpired(object: StoredObject, now: number): boolean {
  const { timeToLiveSeconds } = (object.spec ?? {}) as { timeToLiveSeconds?: number };
  const end = parseTime(statusOf(object).terminationTime);
  if (timeToLiveSeconds === undefined || end === undefined) return false;
  return end + (timeToLiveSeconds + 300) * 1_000 < now;
}

function expectedStates(account: ApplicationAccount, { kind }: World): readonly string[] {
  const { object, ends, tries } = account;
  const { driverInfo } = statusOf(object);
  const reading = readSparkApplication(object);
  const { suspend = false } = (object.spec ?? {}) as { suspend?: boolean };
  const isCurrent = account.submittedSpec === submittedPart(object);
  const wasHarmed = (words: RegExp) => tries.harms.some(({ why }) => words.test(why));
  if (suspend && !(isCurrent && account.endedSpec !== undefined)) {
    return ['SUSPENDED', ...(wasHarmed(/gave up waiting for the run before/u) ? ['FAILED'] : [])];
  }
  if (suspend) return ['SUSPENDED', 'COMPLETED', 'FAILED'];
  if (!reading.ok) return ['FAILED'];
  const { restartPolicy } = withDefaults(reading.application.spec);
  if (restartPolicy.type === 'Always') return ['RUNNING'];
  // While the run before would not end, say; a clock that is wrong by hours does the same.
  const hasWaited = wasHarmed(/hours passed|a clock was set|gave up/u);
  if (!isCurrent) return ['a run of the present spec', ...(hasWaited ? ['FAILED'] : [])];
  if (ends.get(driverInfo?.podUid ?? '') === 'ended well') {
    // Nobody needs to have seen how it ended, where its pod was deleted.
    return tries.harms.length === 0 ? ['COMPLETED'] : ['COMPLETED', 'FAILED'];
  }
  const { infrastructureRetries } = { ...defaultSettings, ...kind.settings };
  const retries = Math.min(restartPolicy.onFailureRetries ?? 0, restartPolicy.onSubmissionFailureRetries ?? 0);
  const retrying = { tries: retries, infrastructure: infrastructureRetries };
  const budget = restartPolicy.type === 'OnFailure' ? retrying : { tries: 0, infrastructure: 0 };
  return isSpent(tries.harms, budget) ? ['FAILED'] : ['COMPLETED'];
}

/** What has no business to be there any more: it is neither kept for itself, nor owned by what is. */
export function leftOvers(world: World): string | undefined {
  const objects = [...world.api.objects];
  const kept = new Set(objects.filter(([, object]) => isKept(world, object)).map(([, { metadata }]) => metadata.uid));
  const left = objects.filter(([, { kind, metadata }]) => {
    const isOwned = kind !== 'Pod' && metadata.ownerReferences?.some(({ uid }) => kept.has(uid));
    return !kept.has(metadata.uid) && !isOwned;
  });
  return left.length === 0 ? undefined : left.map(([path]) => path.split('/').slice(-2).join('/')).join(', ');
}

function isKept(world: World, object: StoredObject): boolean {
  const { application, ledger } = world;
  const { kind, metadata } = object;
  if (['Lease', 'Event'].includes(kind ?? '') || object === application || isForeign(object)) return true;
  // What was set free when its owner was orphaned is its user's.
  const hasOrphans = [...ledger.applications.values()].some(({ wasOrphaned }) => wasOrphaned);
  if (hasOrphans && !metadata.ownerReferences?.length) return true;
  if (kind !== 'Pod') return false;
  if (world.admission.forbidsDeletions) return true;
  if (isGoingForEver(world, object)) return true;
  if (podFactsOf(object).role === 'executor') return isExecutorAtRest(world, object, hasOrphans);
  return isOfLatestSubmission(world, object) && isAtRest(world, object);
}

/** Deleted, on a node that never comes back: it is Kubernetes' from then on. */
function isGoingForEver({ node }: World, { metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined && node.lives.get(metadata.uid)?.node === 'is lost for ever';
}

/** It has ended as its run has, or works for a driver that does; that of an orphaned driver is its user's. */
function isExecutorAtRest(world: World, pod: StoredObject, hasOrphans: boolean): boolean {
  const { application, node, api } = world;
  const { submissionId } = podFactsOf(pod);
  const driverUid = controllerUidOf(pod) ?? '';
  const driver = node.lives.get(driverUid);
  const isOfApplication = pod.metadata.ownerReferences?.some(({ uid }) => uid === application?.metadata.uid) ?? false;
  if (hasOrphans && !isOfApplication) return true;
  // Kubernetes collects it when all its owners are gone: not before its driver, on a node that never comes back.
  const driverPod = [...api.objects.values()].find(({ metadata }) => metadata.uid === driverUid);
  if (!isOfApplication && driverPod !== undefined && isGoingForEver(world, driverPod)) return true;
  if (application === undefined || submissionId !== statusOf(application).submissionID) return false;
  if (stateOf(application) === 'RUNNING') return driver?.container === 'runs';
  const { container } = node.lives.get(pod.metadata.uid) ?? {};
  return (
    ['COMPLETED', 'FAILED'].includes(stateOf(application)) && ['ended well', 'ended badly'].includes(container ?? '')
  );
}

/** Claimed, or of a submission that was given up while spark-submit was at work. */
function isOfLatestSubmission({ application }: World, pod: StoredObject): boolean {
  const { applicationUid, submissionId, role } = podFactsOf(pod);
  if (application === undefined || role !== 'driver' || applicationUid !== application.metadata.uid) return false;
  const { driverInfo, submissionID } = statusOf(application);
  return driverInfo?.podUid == null ? submissionId === submissionID : pod.metadata.uid === driverInfo.podUid;
}

/** The driver of an application that runs on, or one that has ended and is kept for its log. */
function isAtRest({ application, node }: World, pod: StoredObject): boolean {
  const state = application === undefined ? '' : stateOf(application);
  const { container } = node.lives.get(pod.metadata.uid) ?? {};
  if (state === 'RUNNING') return container === 'runs';
  // Sidecars that go on have had their time, too.
  const hasEnded = ['Succeeded', 'Failed'].includes(podFactsOf(pod).phase ?? '');
  return ['COMPLETED', 'FAILED'].includes(state) && hasEnded;
}
