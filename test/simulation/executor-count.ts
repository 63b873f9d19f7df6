/** What a status says of the executors of a run that is over, against those that there were. */
import { podFactsOf } from './cluster/pod-facts.js';
import { stateOf, statusOf } from './ledger.js';
import type { World } from './world.js';

export const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const endStates: Readonly<Record<string, string>> = { 'ended well': 'COMPLETED', 'ended badly': 'FAILED' };

/** Undefined: as they were. One that came and went between two looks may be missing. */
export function miscounted({ application, ledger, node, api, kind }: World): string | undefined {
  if (application === undefined || application.metadata.deletionTimestamp !== undefined) return undefined;
  if (!['COMPLETED', 'FAILED'].includes(stateOf(application))) return undefined;
  const { submissionID, ...status } = statusOf(application);
  const executorState = status.executorState ?? {};
  const executorCounts = status.executorCounts ?? {};
  const made = [...ledger.pods.values()].filter((pod) => {
    const { role, submissionId } = podFactsOf(pod);
    return role === 'executor' && submissionId === submissionID;
  });
  const present = made.filter(({ metadata }) =>
    [...api.objects.values()].some((one) => one.metadata.uid === metadata.uid),
  );
  const names = new Set(made.map(({ metadata }) => metadata.name));
  const stranger = Object.keys(executorState).find((name) => !names.has(name));
  if (stranger !== undefined) return `${stranger} is none of this run`;
  const total = sum(executorCounts);
  if (total > made.length || total < present.length)
    return `${total} counted, ${made.length} made, ${present.length} there`;
  const { maximumTrackedExecutors = Number.POSITIVE_INFINITY } = kind.settings ?? {};
  if (Object.keys(executorState).length > maximumTrackedExecutors)
    return `${Object.keys(executorState).length} by name`;
  const alive = Object.keys(executorCounts).find((state) => state !== 'COMPLETED' && state !== 'FAILED');
  if (alive !== undefined) return `some are ${alive} still`;
  const wrong = present.find(({ metadata: { name, uid } }) => {
    const wanted = endStates[node.lives.get(uid)?.container ?? ''];
    return executorState[name] !== undefined && wanted !== undefined && executorState[name] !== wanted;
  });
  return wrong && `${wrong.metadata.name} is said to be ${executorState[wrong.metadata.name]}`;
}
