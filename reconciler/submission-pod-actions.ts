/** The actions on the pod in which spark-submit runs, against the API server. None trusts that it is the first to try. */
import { describeProblems } from '../src/api/problem.js';
import { parseTime } from '../src/api/status.js';
import { FiresteelError } from '../src/errors.js';
import { type ApiClient, createObject } from '../src/kube/api-client.js';
import { isAlreadyExists } from '../src/kube/api-error.js';
import { readObject } from '../src/kube/read-object.js';
import { pods } from '../src/kube/resources.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Action, DriverObservation, Observation } from './decision.js';
import { putMonitoringConfigMap } from './monitoring-files.js';
import { createOwned } from './owned-objects.js';
import { lookUpPod } from './pod-look-up.js';
import { isDefinite, setbackOf } from './setbacks.js';
import { projectPod } from './spark-pod.js';
import { submissionPodName } from './submission/names.js';
import { renderSubmissionPod, type SubmissionPodObjects, type SubmissionPodSettings } from './submission-pod.js';

export type SubmissionPodAction = Extract<
  Action,
  { kind: 'look-up-submission-pod' | 'create-submission-pod' | 'release-submission-pod' }
>;

export class SubmissionPodActions {
  constructor(
    private readonly client: ApiClient,
    private readonly settings: SubmissionPodSettings,
    /** 16 random hex digits. */
    private readonly newConfigMapId: () => string,
  ) {}

  /** @throws when nothing can be said about the outcome; the application is then looked at again later */
  async carryOut(
    action: SubmissionPodAction,
    record: ApplicationRecord,
    observation: Observation,
  ): Promise<Observation> {
    switch (action.kind) {
      case 'look-up-submission-pod':
        return { ...observation, submissionPod: await this.lookUp(record) };
      case 'create-submission-pod':
        return await this.create(record, observation);
      case 'release-submission-pod':
        return await this.release(record, observation);
    }
  }

  private lookUp({ namespace, name }: ApplicationRecord): Promise<DriverObservation> {
    return lookUpPod(this.client, { namespace, name: submissionPodName(name) });
  }

  private async create(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    const before: Observation = { ...observation, released: false };
    try {
      const { pod } = this.render(record, this.newConfigMapId());
      const answer = await createObject(this.client, pods, record.namespace, pod);
      return { ...before, submissionPod: { kind: 'present', pod: projectPod(readObject(answer)) } };
    } catch (error) {
      if (isAlreadyExists(error)) return { ...before, submissionPod: await this.lookUp(record) };
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      if (isDefinite(error) || setback.kind === 'refused') return { ...before, setback };
      const submissionPod = await this.lookUp(record);
      return submissionPod.kind === 'present' ? { ...before, submissionPod } : { ...before, submissionPod, setback };
    }
  }

  /** What is said of the driver was seen before spark-submit could make one. */
  private async release(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    const before: Observation = { ...observation, driver: { kind: 'unknown' } };
    try {
      const { submissionPodUid, configMapId } = record.status.submission ?? {};
      const { configMap, monitoring } = this.render(record, configMapId ?? '');
      if (monitoring !== undefined) await putMonitoringConfigMap(this.client, record, monitoring);
      const owner = { name: submissionPodName(record.name), uid: submissionPodUid ?? '' };
      await createOwned(this.client, record.namespace, configMap, owner);
      return { ...before, released: true };
    } catch (error) {
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      return { ...before, setback };
    }
  }

  private render(record: ApplicationRecord, configMapId: string): SubmissionPodObjects {
    const reading = readApplication(record);
    if (!reading.ok) throw new FiresteelError('APPLICATION_INVALID', describeProblems(reading.problems));
    const { submissionID, lastSubmissionAttemptTime } = record.status;
    const submission = { id: submissionID ?? '', submitTime: parseTime(lastSubmissionAttemptTime) ?? 0, configMapId };
    return renderSubmissionPod(reading.application, submission, this.settings);
  }
}
