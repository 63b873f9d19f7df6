/** What must be true when faults are over and everything has come to rest: of the application, and of what else there is. */

import { withDefaults } from '../../src/api/defaults.js';
import { readSparkApplication } from '../../src/api/spark-application.js';
import { parseTime } from '../../src/api/status.js';
import { podFactsOf } from './cluster/pod-facts.js';
import type { StoredObject } from './cluster/stored-object.js';
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
  const expected = [...expectedStates(account), ...(hasForeignPods ? ['FAILED'] : [])];
  const { errorMessage = '' } = statusOf(account.object).applicationState ?? {};
  return expected.includes(state) ? undefined : `${state} (${errorMessage}), not ${expected.join(' or ')}`;
}

/** By far enough that it must have been seen. */
function isExpired(object: StoredObject, now: number): boolean {
  const { timeToLiveSeconds } = (object.spec ?? {}) as { timeToLiveSeconds?: number };
  const end = parseTime(statusOf(object).terminationTime);
  if (timeToLiveSeconds === undefined || end === undefined) return false;
  return end + (timeToLiveSeconds + 300) * 1_000 < now;
}

function expectedStates(account: ApplicationAccount): readonly string[] {
  const { object, ends, tries } = account;
  const { driverInfo } = statusOf(object);
  const reading = readSparkApplication(object);
  const { suspend = false } = (object.spec ?? {}) as { suspend?: boolean };
  const isCurrent = account.submittedSpec === submittedPart(object);
  if (suspend && !(isCurrent && account.endedSpec !== undefined)) return ['SUSPENDED'];
  if (suspend) return ['SUSPENDED', 'COMPLETED', 'FAILED'];
  if (!reading.ok) return ['FAILED'];
  const { restartPolicy } = withDefaults(reading.application.spec);
  if (restartPolicy.type === 'Always') return ['RUNNING'];
  // While the run before would not end, say; a clock that is wrong by hours does the same.
  const hasWaited = account.tries.harms.some((why) => why === 'hours passed' || why === 'a clock was set');
  if (!isCurrent) return ['a run of the present spec', ...(hasWaited ? ['FAILED'] : [])];
  if (ends.get(driverInfo?.podUid ?? '') === 'ended well') {
    // Nobody needs to have seen how it ended, where its pod was deleted.
    return tries.harms.length === 0 ? ['COMPLETED'] : ['COMPLETED', 'FAILED'];
  }
  const budget =
    restartPolicy.type === 'OnFailure'
      ? Math.min(restartPolicy.onFailureRetries ?? 0, restartPolicy.onSubmissionFailureRetries ?? 0)
      : 0;
  return tries.harms.length > budget ? ['FAILED'] : ['COMPLETED'];
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
  if (kind === 'Lease' || object === application || isForeign(object)) return true;
  // What was set free when its owner was orphaned is its user's.
  const hasOrphans = [...ledger.applications.values()].some(({ wasOrphaned }) => wasOrphaned);
  if (hasOrphans && !metadata.ownerReferences?.length) return true;
  return kind === 'Pod' && isOfLatestSubmission(world, object) && isAtRest(world, object);
}

/** Claimed, or of a submission that was given up while spark-submit was at work. */
function isOfLatestSubmission({ application }: World, pod: StoredObject): boolean {
  const { applicationUid, submissionId, role } = podFactsOf(pod);
  if (application === undefined || role !== 'driver' || applicationUid !== application.metadata.uid) return false;
  const { driverInfo, submissionID } = statusOf(application);
  return driverInfo?.podUid == null ? submissionId === submissionID : pod.metadata.uid === driverInfo.podUid;
}

/** The driver of an application that runs on, or one that has ended and is kept for its log. */
function isAtRest({ application, node }: World, { metadata }: StoredObject): boolean {
  const state = application === undefined ? '' : stateOf(application);
  const { container } = node.lives.get(metadata.uid) ?? {};
  if (state === 'RUNNING') return container === 'runs';
  return ['COMPLETED', 'FAILED'].includes(state) && container !== 'runs' && container !== 'waits';
}
