/**
 * The actions of a decision, carried out against the API server. Each gives back what is seen afterwards, and none trusts
 * that it is the first to try: a create that finds its object there looks whose it is.
 */

import { z } from 'zod';
import { describeProblems } from '../src/api/problem.js';
import { parseTime } from '../src/api/status.js';
import { FiresteelError, messageOf } from '../src/errors.js';
import { type ApiClient, createObject, deleteObject, getObject } from '../src/kube/api-client.js';
import { isAlreadyExists, isConflict, isNotFound } from '../src/kube/api-error.js';
import { readObject } from '../src/kube/read-object.js';
import { configMaps, pods, sparkApplications } from '../src/kube/resources.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Action, DriverObservation, Observation, PodWarning } from './decision.js';
import { type RenderedDriver, renderDriver } from './driver-rendering.js';
import { putMonitoringConfigMap } from './monitoring-files.js';
import { createOwned } from './owned-objects.js';
import { lookUpPod } from './pod-look-up.js';
import { latestWarning } from './pod-warnings.js';
import { isDefinite, isRefusal, setbackOf } from './setbacks.js';
import type { ReconcilerSettings } from './settings.js';
import { projectPod, type SparkPod } from './spark-pod.js';
import { idsOf } from './submission/ids.js';
import { driverConfigMapName } from './submission/names.js';
import type { SubmissionPodAction } from './submission-pod-actions.js';

/** What is done about the pods of an application and what belongs to them. */
export type DriverAction = Exclude<Action, SubmissionPodAction | { kind: 'delete-application' }>;

const executorsAtOnce = 10;

type PodIdentity = Pick<SparkPod, 'name' | 'uid' | 'resourceVersion'>;

export class DriverActions {
  constructor(
    private readonly client: ApiClient,
    private readonly settings: Pick<ReconcilerSettings, 'master' | 'podMutation'>,
    /** 16 random hex digits. */
    private readonly newConfigMapId: () => string,
  ) {}

  /** @throws when nothing can be said about the outcome; the application is then looked at again later */
  async carryOut(action: DriverAction, record: ApplicationRecord, observation: Observation): Promise<Observation> {
    switch (action.kind) {
      case 'look-up-driver':
        return { ...observation, driver: await this.lookUpDriver(record) };
      case 'look-up-replaced':
        return { ...observation, replaced: await this.lookUpReplaced(record) };
      case 'look-up-config-map':
        return { ...observation, ...(await this.lookUpConfigMap(record)) };
      case 'look-up-driver-warning':
        return { ...notLive(observation), driverWarning: await this.lookUpWarning(record, action) };
      case 'create-driver':
        return await this.createDriver(record, observation);
      case 'release-driver':
        return await this.releaseDriver(record, observation);
      case 'delete-executors':
        return await this.deleteExecutors(record, observation, action.pods);
      case 'delete-driver':
        return await this.deleteDriver(record, observation, action);
    }
  }

  private async deleteDriver(
    record: ApplicationRecord,
    observation: Observation,
    { pod, onlyAsSeen, because }: Extract<Action, { kind: 'delete-driver' }>,
  ): Promise<Observation> {
    const refusal = await this.tryToDelete(record, pod, onlyAsSeen);
    if (refusal !== undefined) return withUndeletable(observation, new Map([[pod.uid, refusal]]));
    return {
      ...observation,
      driver: await this.lookUpDriver(record),
      submissionPod: { kind: 'unknown' },
      replaced: { kind: 'unknown' },
      strays: observation.strays.filter(({ uid }) => uid !== pod.uid),
      ...(because === undefined ? {} : { setback: because }),
    };
  }

  /** Answers why it is refused. */
  private async tryToDelete(
    record: ApplicationRecord,
    pod: PodIdentity,
    onlyAsSeen: boolean,
  ): Promise<string | undefined> {
    try {
      await this.deletePod(record, pod, onlyAsSeen);
      return undefined;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return error.detail;
    }
  }

  /** Deletes that very pod, if it is still there; with `onlyAsSeen`, if nothing about it has changed. */
  async deletePod({ namespace }: ApplicationRecord, pod: PodIdentity, onlyAsSeen: boolean): Promise<void> {
    const { name, uid, resourceVersion } = pod;
    try {
      await deleteObject(this.client, pods, { namespace, name }, onlyAsSeen ? { uid, resourceVersion } : { uid });
    } catch (error) {
      // Gone, another one by that name, or no longer as it was: whoever looks next sees what is there.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /**
   * A few at a time: there may be thousands. That they are gone is for the watch to say: were they taken out here, a watch that is
   * behind would bring them back in the next pass, and the status would change with every pass.
   */
  private async deleteExecutors(
    record: ApplicationRecord,
    observation: Observation,
    pods: readonly SparkPod[],
  ): Promise<Observation> {
    const refusals = new Map<string, string>();
    const ask = async (pod: SparkPod) => {
      const refusal = await this.tryToDelete(record, pod, false);
      if (refusal !== undefined) refusals.set(pod.uid, refusal);
    };
    for (let start = 0; start < pods.length; start += executorsAtOnce) {
      await Promise.all(pods.slice(start, start + executorsAtOnce).map(ask));
    }
    const asked = new Set(pods);
    const marked = (pod: SparkPod) => (asked.has(pod) && !refusals.has(pod.uid) ? { ...pod, deleting: true } : pod);
    const { executors, strayExecutors } = observation;
    const after = { ...observation, executors: executors.map(marked), strayExecutors: strayExecutors.map(marked) };
    return withUndeletable(after, refusals);
  }

  /**
   * As it was decided about: whoever changes it now, the time to live say, keeps it.
   * @throws also on a conflict, which may be the API server's own: then there is no event after which to look again
   */
  async deleteApplication({ namespace, name, uid, resourceVersion }: ApplicationRecord): Promise<void> {
    try {
      await deleteObject(this.client, sparkApplications, { namespace, name }, { uid, resourceVersion });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** A question that is refused is answered too: an application must not wait for a right that the operator lacks. */
  private async lookUpWarning(
    { namespace }: ApplicationRecord,
    { pod, since }: Extract<Action, { kind: 'look-up-driver-warning' }>,
  ): Promise<PodWarning | 'none'> {
    try {
      return await latestWarning(this.client, namespace, pod.uid, since);
    } catch (error) {
      if (!isDefinite(error)) throw error;
      return { reason: 'EventsUnreadable', message: messageOf(error) };
    }
  }

  private lookUpDriver(record: ApplicationRecord): Promise<DriverObservation> {
    return lookUpPod(this.client, {
      namespace: record.namespace,
      name: record.status.driverInfo?.podName || `${record.name}-driver`,
    });
  }

  /** What is not of this application (any more) is nobody's predecessor. */
  private async lookUpReplaced({ namespace, uid, status }: ApplicationRecord): Promise<DriverObservation> {
    for (const name of status.submission?.replacedPods ?? []) {
      const found = await lookUpPod(this.client, { namespace, name });
      if (found.kind === 'present' && found.pod.ownerUid === uid) return found;
    }
    return { kind: 'absent' };
  }

  private async createDriver(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    const before: Observation = { ...observation, released: false, configMap: 'unknown' };
    try {
      const { pod } = this.render(record, this.newConfigMapId());
      const answer = await createObject(this.client, pods, record.namespace, pod);
      return { ...before, driver: { kind: 'present', isLive: true, pod: projectPod(readObject(answer)) } };
    } catch (error) {
      if (isAlreadyExists(error)) return { ...before, driver: await this.lookUpDriver(record) };
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      if (isDefinite(error) || setback.kind === 'refused') return { ...before, setback };
      const driver = await this.lookUpDriver(record);
      return driver.kind === 'present' ? { ...before, driver } : { ...before, driver, setback };
    }
  }

  private async releaseDriver(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    const uid = record.status.driverInfo?.podUid ?? '';
    try {
      const objects = this.render(record, record.status.submission?.configMapId ?? undefined);
      const { podName, monitoring } = objects;
      if (monitoring !== undefined) await putMonitoringConfigMap(this.client, record, monitoring);
      // What Spark makes before the pod can wait for its owner here: the driver waits for the last of them all.
      let last: unknown;
      for (const resource of [...objects.preResources, ...objects.resources]) {
        last = await createOwned(this.client, record.namespace, resource, { name: podName, uid });
      }
      return { ...observation, released: true, ...releasedBy(last) };
    } catch (error) {
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      // What is there counts, not which answer was lost: the driver is free once its ConfigMap exists.
      return { ...observation, ...(await this.lookUpConfigMap(record)), setback };
    }
  }

  private async lookUpConfigMap(record: ApplicationRecord): Promise<Pick<Observation, 'configMap' | 'releasedAt'>> {
    const ids = idsOf(record.status.submissionID ?? '', submitTimeOf(record));
    const configMapId = record.status.submission?.configMapId ?? ids.configMapId;
    const name = driverConfigMapName({ ...ids, configMapId });
    try {
      const configMap = await getObject(this.client, configMaps, { namespace: record.namespace, name });
      return { configMap: 'present', ...releasedBy(configMap) };
    } catch (error) {
      if (isNotFound(error)) return { configMap: 'absent' };
      throw error;
    }
  }

  private render(record: ApplicationRecord, configMapId: string | undefined): RenderedDriver {
    const reading = readApplication(record);
    if (!reading.ok) throw new FiresteelError('APPLICATION_INVALID', describeProblems(reading.problems));
    const submission = {
      id: record.status.submissionID ?? '',
      submitTime: submitTimeOf(record),
      ...(configMapId === undefined ? {} : { configMapId }),
    };
    return renderDriver(reading.application, submission, this.settings);
  }
}

const created = z.object({ metadata: z.object({ creationTimestamp: z.string() }) });

function releasedBy(configMap: unknown): Pick<Observation, 'releasedAt'> {
  const releasedAt = parseTime(created.safeParse(configMap).data?.metadata.creationTimestamp);
  return releasedAt === undefined ? {} : { releasedAt };
}

function submitTimeOf({ status }: ApplicationRecord): number {
  return parseTime(status.lastSubmissionAttemptTime) ?? 0;
}

function withUndeletable(observation: Observation, refusals: ReadonlyMap<string, string>): Observation {
  if (refusals.size === 0) return observation;
  return { ...observation, undeletable: new Map([...(observation.undeletable ?? []), ...refusals]) };
}

/** The driver may have started meanwhile: who gives it up has to look again. */
function notLive(observation: Observation): Observation {
  const { driver } = observation;
  return driver.kind === 'present' ? { ...observation, driver: { kind: 'present', pod: driver.pod } } : observation;
}
