/** What must hold whatever happens: a row is a promise, and looks where it could be broken. */
import type { ApiRequest } from '../../src/kube/api-client.js';
import { configMaps, leases } from '../../src/kube/resources.js';
import { leads } from '../lifecycle/transitions.js';
import { applicationName, applicationPath, leaseName, pathOf } from './cluster/addresses.js';
import type { Life } from './cluster/node.js';
import { isOfSparkSubmit, podFactsOf } from './cluster/pod-facts.js';
import type { ObjectChange, StoredObject } from './cluster/stored-object.js';
import { miscounted, sum } from './executor-count.js';
import { leftOvers, outcome } from './final-state.js';
import { stateOf, statusOf, submittedPart, surrenderOf } from './ledger.js';
import type { OperatorProcess } from './operator-process.js';
import { progressOf } from './submission-progress.js';
import { isForeign } from './user-actions.js';
import type { World } from './world.js';

/** Each check answers what is wrong, or undefined. */
export interface Invariant {
  readonly name: string;
  /** Before the ledger takes it. */
  onChange?(change: ObjectChange, world: World): string | undefined;
  onStart?(life: Life, world: World): string | undefined;
  onSend?(request: ApiRequest, process: OperatorProcess, world: World): string | undefined;
  afterEachStep?(world: World): string | undefined;
  atTheEnd?(world: World): string | undefined;
}

/** For changes of the status of an application. */
function onStatus(check: (before: StoredObject, after: StoredObject, world: World) => string | undefined) {
  return ({ path, before, after }: ObjectChange, world: World) =>
    path === applicationPath && before !== undefined && after !== undefined ? check(before, after, world) : undefined;
}

const hasEnded = (state: string | undefined) => state === 'COMPLETED' || state === 'FAILED';

export const invariants: readonly Invariant[] = [
  {
    name: 'at most one driver of an application runs',
    afterEachStep: ({ node }) => {
      const owners = node.running('driver').map(({ pod }) => podFactsOf(pod).applicationUid);
      return new Set(owners).size < owners.length ? `${owners.length} drivers run` : undefined;
    },
  },
  {
    name: 'at most one spark-submit of an application runs',
    afterEachStep: ({ node }) => {
      const owners = node.running('submitter').map(({ pod }) => podFactsOf(pod).applicationUid);
      return new Set(owners).size < owners.length ? `${owners.length} of them run` : undefined;
    },
  },
  {
    name: 'no submission starts twice',
    onStart: ({ pod }, { ledger }) => {
      const { applicationUid = '', submissionId = '', role } = podFactsOf(pod);
      const started = ledger.applications.get(applicationUid)?.started ?? [];
      const times = started.filter((id) => id === submissionId).length;
      return role === 'driver' && times > 1 ? `submission ${submissionId} started ${times} drivers` : undefined;
    },
  },
  {
    name: 'a pod starts only when the status has claimed it',
    onStart: ({ pod, role }, { ledger }) => {
      const { uid, submissionId } = podFactsOf(pod);
      const isFenced = role === 'submitter' || (role === 'driver' && !isOfSparkSubmit(pod));
      // One that was claimed and then orphaned has no owner any more, and may start.
      const isClaimed = [...ledger.applications.values()].some(({ claims }) => claims.has(uid));
      return isFenced && !isClaimed ? `${pod.metadata.name} of submission ${submissionId}` : undefined;
    },
  },
  {
    name: 'a pod is made only for a submission that the status has named',
    onChange: ({ path, before, after }, { ledger }) => {
      if (after === undefined || before !== undefined || !path.includes('/pods/')) return undefined;
      const { applicationUid, submissionId = '', role } = podFactsOf(after);
      if (applicationUid === undefined || role === undefined || role === 'executor') return undefined;
      const isKnown = ledger.applications.get(applicationUid)?.intents.has(submissionId);
      return isKnown ? undefined : `${path} of submission ${submissionId}`;
    },
  },
  {
    name: 'the status claims only pods of its own submission',
    onChange: onStatus((before, after, { ledger }) => {
      const { driverInfo, submissionID } = statusOf(after);
      const uid = driverInfo?.podUid;
      if (uid == null || uid === statusOf(before).driverInfo?.podUid) return undefined;
      const pod = ledger.pods.get(uid);
      const facts = pod && podFactsOf(pod);
      const isOwn = facts?.applicationUid === after.metadata.uid && facts.submissionId === submissionID;
      return isOwn ? undefined : `pod ${uid} (${pod?.metadata.name})`;
    }),
  },
  {
    name: 'states follow one another as the table says',
    onChange: onStatus((before, after) => {
      const [from, to] = [stateOf(before), stateOf(after)];
      if (from === to) return undefined;
      return leads(from, to) ? undefined : `${from} → ${to}`;
    }),
  },
  {
    name: 'a submission never goes back',
    onChange: onStatus((before, after) => {
      if (statusOf(before).submissionID !== statusOf(after).submissionID) return undefined;
      const [from, to] = [stateOf(before), stateOf(after)];
      return (progressOf(to) ?? Infinity) < (progressOf(from) ?? 0) ? `${from} → ${to}` : undefined;
    }),
  },
  {
    name: 'an application that has ended begins anew only for another spec',
    onChange: onStatus((before, after, { ledger }) => {
      const ended = ['COMPLETED', 'FAILED'].includes(stateOf(before));
      if (!ended || stateOf(after) === stateOf(before)) return undefined;
      const { submittedSpec, endedSpec } = ledger.applications.get(after.metadata.uid) ?? {};
      const isSame = [submittedSpec, endedSpec].every((spec) => spec === submittedPart(after));
      return isSame ? `${stateOf(before)} → ${stateOf(after)}` : undefined;
    }),
  },
  {
    name: 'tries are counted, and no more are made than the budget allows',
    onStart: (_, { ledger, application }) => {
      const account = application && ledger.applications.get(application.metadata.uid);
      if (account === undefined || application === undefined) return undefined;
      const counted = statusOf(application).executionAttempts ?? 0;
      const { started } = account.tries;
      return started > counted ? `${started} drivers started, ${counted} were counted` : undefined;
    },
  },
  {
    name: 'nothing is given up before its time, nor in wrong words',
    onChange: onStatus((before, after, { ledger, network, node, time }) => {
      const surrender = ledger.clockWasSet ? undefined : surrenderOf(before, after);
      const uid = statusOf(before).driverInfo?.podUid ?? '';
      // No write can be in time for what happens after the API server was asked: the words must have been true then.
      const { lookedAt } = network.carriedOut ?? {};
      const life = lookedAt?.pod.metadata.uid === uid ? lookedAt : node.lives.get(uid);
      const fault = surrender?.kind.fault?.(surrender, life, time.now);
      return fault && `${statusOf(after).applicationState?.errorMessage}: ${fault}`;
    }),
  },
  {
    name: 'executors that were counted stay counted',
    onChange: onStatus((before, after) => {
      const [was, is] = [before, after].map((object) => statusOf(object).executorCounts);
      const isSame = statusOf(before).submissionID === statusOf(after).submissionID;
      if (!isSame || is == null || sum(is) >= sum(was ?? {})) return undefined;
      return `${JSON.stringify(was)} became ${JSON.stringify(is)}`;
    }),
  },
  {
    name: 'executors that have ended stay so',
    onChange: onStatus((before, after) => {
      if (statusOf(before).submissionID !== statusOf(after).submissionID) return undefined;
      const [was, is] = [before, after].map((object) => statusOf(object).executorState ?? {});
      const risen = Object.entries(is ?? {}).find(([name, state]) => hasEnded(was?.[name]) && !hasEnded(state));
      return risen && `${risen[0]} was ${was?.[risen[0]]} and is ${risen[1]}`;
    }),
  },
  {
    name: 'who writes holds the lease',
    onSend: ({ method, path }, process, { api }) => {
      const isSafe = method === 'GET' || path.includes('/leases') || process.clock.offset !== 0;
      if (isSafe || !process.usesLease) return undefined;
      const { holderIdentity } = (api.objects.get(pathOf(leases, leaseName))?.spec ?? {}) as {
        holderIdentity?: string;
      };
      return holderIdentity === process.identity
        ? undefined
        : `${method} ${path} by ${process.identity}; ${holderIdentity} holds it`;
    },
  },
  {
    name: 'what is not ours is not touched',
    onChange: ({ path, before, after }, { network, ledger }) => {
      if (before === undefined || network.carriedOut === undefined || !path.includes('/pods/')) return undefined;
      // The driver is meant to stay; what its application has done with may go in the same moment.
      const isOrphan = [...ledger.applications.values()].some(
        ({ wasOrphaned, wasOrphanedAtOnce, object }) =>
          wasOrphaned && wasOrphanedAtOnce && statusOf(object).driverInfo?.podUid === before.metadata.uid,
      );
      const isTouched = after === undefined || after.metadata.deletionTimestamp !== undefined;
      return isTouched && (isForeign(before) || isOrphan) ? `${path} was deleted` : undefined;
    },
  },
  {
    name: 'nothing that a driver needs is made twice',
    onChange: ({ before, after }, { api }) => {
      const owner = after?.metadata.ownerReferences?.[0];
      if (before !== undefined || after === undefined || owner?.kind !== 'Pod' || after.kind === 'Pod')
        return undefined;
      const twins = [...api.objects.values()].filter(
        ({ kind, metadata }) => kind === after.kind && metadata.ownerReferences?.[0]?.uid === owner.uid,
      );
      return twins.length > 1 ? `${twins.map(({ metadata }) => metadata.name).join(' and ')}` : undefined;
    },
  },
  {
    name: 'a driver finds the files of monitoring of its own spec',
    onStart: ({ pod, role }, { api, kind, application }) => {
      const isOwned = podFactsOf(pod).applicationUid === application?.metadata.uid;
      if (role !== 'driver' || !isOwned || !('monitoring' in kind.spec)) return undefined;
      const { data } = (api.objects.get(pathOf(configMaps, `${applicationName}-prom-conf`)) ?? {}) as {
        data?: Record<string, string>;
      };
      const [found, wanted] = [data?.['metrics.properties'], podFactsOf(pod).args.at(-1)];
      return found === wanted ? undefined : `found ${found}, wanted ${wanted}`;
    },
  },
  { name: 'no pass goes round in circles' },
  { name: 'everything comes to rest' },
  { name: 'each application reaches what its spec and its pods say', atTheEnd: outcome },
  { name: 'nothing is left over', atTheEnd: leftOvers },
  { name: 'executors are counted as they were', atTheEnd: miscounted },
];
