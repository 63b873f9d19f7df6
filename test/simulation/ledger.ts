/** What truly happened in a run, application by application (by uid): what invariants are judged by. */
import { readSparkApplication } from '../../src/api/spark-application.js';
import type { SparkApplicationStatus } from '../../src/api/status.js';
import { isNewer } from '../../src/kube/objects.js';
import { applicationPath } from './cluster/addresses.js';
import type { Life } from './cluster/node.js';
import { podFactsOf } from './cluster/pod-facts.js';
import type { ObjectChange, StoredObject } from './cluster/stored-object.js';
import { surrenderIn } from './giving-up.js';
import { type Harm, harmOf } from './harms.js';

export interface ApplicationAccount {
  readonly uid: string;
  /** The latest version; after its end, the last. */
  object: StoredObject;
  isGone: boolean;
  /** Somebody, or its time to live, deleted it. */
  wasDeleted: boolean;
  /** With `--cascade=orphan`: its pods are meant to stay. */
  wasOrphaned: boolean;
  /** By its first deletion: who thinks of it later may be too late for the driver. */
  wasOrphanedAtOnce: boolean;
  /** Those that it has been in, in order. */
  readonly states: string[];
  /** Submission ids that its status has named. */
  readonly intents: Set<string>;
  /** Uids of pods that its status has claimed. */
  readonly claims: Set<string>;
  /** Submission ids of the drivers that started, in order. */
  readonly started: string[];
  /** What was to be run by the latest submission, and by the one that ended the application. */
  submittedSpec: string | undefined;
  endedSpec: string | undefined;
  /** Since the tries were last counted from zero. */
  readonly tries: { started: number; harms: Harm[] };
  /** How the container of each claimed driver ended. */
  readonly ends: Map<string, Life['container']>;
}

export class Ledger {
  readonly applications = new Map<string, ApplicationAccount>();
  /** Of some process: deadlines mean nothing from then on. */
  clockWasSet = false;
  /** Everything slept for hours: what is waited for has had its time, although nothing could happen in it. */
  hasSlept = false;
  /** Every pod that there ever was, by uid, as it was made. */
  readonly pods = new Map<string, StoredObject>();

  get current(): ApplicationAccount | undefined {
    return [...this.applications.values()].findLast(({ isGone }) => !isGone);
  }

  take({ path, before, after }: ObjectChange): void {
    if (path === applicationPath) this.#takeApplication(before, after);
    else if (after !== undefined && before === undefined && path.includes('/pods/')) {
      this.pods.set(after.metadata.uid, after);
    }
  }

  #takeApplication(before: StoredObject | undefined, after: StoredObject | undefined): void {
    const object = after ?? before;
    if (object === undefined) return;
    const account = this.#accountOf(object);
    if (after === undefined) account.isGone = true;
    else if (isNewer(after.metadata.resourceVersion, account.object.metadata.resourceVersion)) account.object = after;
    if (!account.wasDeleted) account.wasOrphanedAtOnce = object.metadata.finalizers?.includes('orphan') ?? false;
    account.wasDeleted ||= after === undefined || after.metadata.deletionTimestamp !== undefined;
    account.wasOrphaned ||= object.metadata.finalizers?.includes('orphan') ?? false;
    if (account.states.at(-1) !== stateOf(object)) account.states.push(stateOf(object));
    const status = statusOf(object);
    if (status.submissionID && !account.intents.has(status.submissionID)) {
      account.intents.add(status.submissionID);
      account.submittedSpec = submittedPart(object);
    }
    if (before !== undefined && after !== undefined) noteEnd(account, stateOf(before), stateOf(after));
    if (before !== undefined && after !== undefined) noteSurrender(account, before, after);
    for (const uid of [status.driverInfo?.podUid, status.submission?.submissionPodUid]) {
      if (uid != null) account.claims.add(uid);
    }
    if (before !== undefined && isFreshBudget(statusOf(before), status)) Object.assign(account.tries, noTries());
  }

  #accountOf(object: StoredObject): ApplicationAccount {
    const { uid } = object.metadata;
    const known = this.applications.get(uid);
    if (known !== undefined) return known;
    const account: ApplicationAccount = {
      uid,
      object,
      isGone: false,
      wasDeleted: false,
      wasOrphaned: false,
      wasOrphanedAtOnce: false,
      states: [],
      intents: new Set(),
      claims: new Set(),
      started: [],
      submittedSpec: undefined,
      endedSpec: undefined,
      tries: noTries(),
      ends: new Map(),
    };
    this.applications.set(uid, account);
    return account;
  }

  /** Its user has thought better of it. */
  takeBackOrphaning(uid: string): void {
    const account = this.applications.get(uid);
    if (account !== undefined) account.wasOrphaned = false;
  }

  started({ pod, role }: Life): void {
    const { applicationUid = '', submissionId = '' } = podFactsOf(pod);
    const account = this.applications.get(applicationUid);
    if (account === undefined || role !== 'driver') return;
    account.started.push(submissionId);
    // That of spark-submit is counted when it is adopted, and what is given up already is not counted.
    if (statusOf(account.object).driverInfo?.podUid === pod.metadata.uid) account.tries.started += 1;
  }

  ended(life: Life): void {
    const { pod, role, container } = life;
    const account = this.applications.get(podFactsOf(pod).applicationUid ?? '');
    if (account === undefined || role === 'executor') return;
    account.ends.set(pod.metadata.uid, container);
    const harm = harmOf(life);
    if (harm !== undefined) account.tries.harms.push(harm);
  }

  /** Something that a try, or `tries` of them, may fail of although its pods fared well. */
  harm(why: string, tries = 1, isInfrastructure = false): void {
    for (const {
      tries: { harms },
    } of this.applications.values()) {
      for (let count = 0; count < tries; count += 1) harms.push({ why, isInfrastructure });
    }
  }
}

/** Ended by the operator's word alone: whether it is true is looked at elsewhere. */
function noteSurrender({ tries: { harms } }: ApplicationAccount, before: StoredObject, after: StoredObject): void {
  const surrender = surrenderOf(before, after);
  if (surrender === undefined) return;
  const { kind, stage } = surrender;
  const harm = { why: kind.words.source, isInfrastructure: kind.isInfrastructure(stage) };
  harms.push(...Array.from({ length: kind.tries }, () => harm));
}

/** Of a status that says so for the first time. */
export function surrenderOf(before: StoredObject, after: StoredObject): ReturnType<typeof surrenderIn> {
  const [was, is] = [before, after].map((object) => statusOf(object).applicationState?.errorMessage ?? '');
  return is === was || stateOf(before) === stateOf(after) ? undefined : surrenderIn(is ?? '');
}

function noteEnd(account: ApplicationAccount, before: string, after: string): void {
  if (before === after) return;
  const hasEnded = after === 'COMPLETED' || after === 'FAILED';
  account.endedSpec = hasEnded ? submittedPart(account.object) : undefined;
  // What is refused has been tried, too.
  if (after === 'FAILED' && !readSparkApplication(account.object).ok) account.submittedSpec = account.endedSpec;
}

const noTries = () => ({ started: 0, harms: [] });

/** Of a change of spec: the counters go, and the tries of the next one begin. A claim that is taken back leaves a zero. */
function isFreshBudget(before: SparkApplicationStatus, after: SparkApplicationStatus): boolean {
  return before.executionAttempts != null && after.executionAttempts == null;
}

/** The reconciler writes nothing else, and the API server would not let anybody. */
export function statusOf({ status }: StoredObject): SparkApplicationStatus {
  return (status ?? {}) as SparkApplicationStatus;
}

export function stateOf(object: StoredObject): string {
  return statusOf(object).applicationState?.state ?? '';
}

/** The part of the spec whose change makes a new submission, written so that equal ones are equal. */
export function submittedPart(object: StoredObject): string {
  const { suspend, timeToLiveSeconds, ...submitted } = (object.spec ?? {}) as Record<string, unknown>;
  return JSON.stringify(submitted, Object.keys(flattened(submitted)).sort());
}

/** All keys at any depth, which `JSON.stringify` takes as the ones to write. */
function flattened(value: unknown, keys: Record<string, true> = {}): Record<string, true> {
  if (typeof value !== 'object' || value === null) return keys;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) keys[key] = true;
    flattened(member, keys);
  }
  return keys;
}
