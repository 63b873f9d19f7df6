/**
 * The actions of a decision, carried out against the API server. Each gives back what is seen afterwards, and none trusts
 * that it is the first to try: a create that finds its object there looks whose it is.
 */

import { describeProblems } from '../src/api/problem.js';
import { parseTime } from '../src/api/status.js';
import { FiresteelError } from '../src/errors.js';
import { type ApiClient, createObject, deleteObject, getObject } from '../src/kube/api-client.js';
import { isAlreadyExists, isConflict, isNotFound } from '../src/kube/api-error.js';
import { readObject } from '../src/kube/read-object.js';
import { configMaps, networkPolicies, pods, type Resource, secrets, services } from '../src/kube/resources.js';
import { type ApplicationRecord, readApplication } from './application-record.js';
import type { Action, DriverObservation, Observation } from './decision.js';
import { renderDriver } from './driver-rendering.js';
import { isDefinite, setbackOf } from './setbacks.js';
import type { ReconcilerSettings } from './settings.js';
import { projectPod } from './spark-pod.js';
import { type DriverObjects, type DriverResource, ownedByDriver } from './submission/driver-objects.js';
import { idsOf } from './submission/ids.js';
import { driverConfigMapName } from './submission/names.js';

const resourceOfKind: Readonly<Record<string, Resource>> = {
  Service: services,
  ConfigMap: configMaps,
  Secret: secrets,
  NetworkPolicy: networkPolicies,
};

export class DriverActions {
  constructor(
    private readonly client: ApiClient,
    private readonly settings: Pick<ReconcilerSettings, 'master'>,
  ) {}

  /** @throws when nothing can be said about the outcome; the application is then looked at again later */
  async carryOut(action: Action, record: ApplicationRecord, observation: Observation): Promise<Observation> {
    switch (action.kind) {
      case 'look-up-driver':
        return { ...observation, driver: await this.lookUpDriver(record) };
      case 'look-up-config-map':
        return { ...observation, configMap: await this.lookUpConfigMap(record) };
      case 'create-driver':
        return await this.createDriver(record, observation);
      case 'release-driver':
        return await this.releaseDriver(record, observation);
      case 'delete-driver': {
        await this.deleteDriver(record, action.uid);
        const driver = await this.lookUpDriver(record);
        const strays = observation.strays.filter(({ uid }) => uid !== action.uid);
        return { ...observation, driver, strays, ...(action.because === undefined ? {} : { setback: action.because }) };
      }
    }
  }

  /** Deletes that very pod, if it is still there. */
  async deleteDriver(record: ApplicationRecord, uid: string): Promise<void> {
    try {
      await deleteObject(this.client, pods, this.driverAddress(record), uid);
    } catch (error) {
      // Gone, or another one by that name: the one that was meant is no more.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  private async lookUpDriver(record: ApplicationRecord): Promise<DriverObservation> {
    try {
      const answer = await getObject(this.client, pods, this.driverAddress(record));
      return { kind: 'present', pod: projectPod(readObject(answer)) };
    } catch (error) {
      if (isNotFound(error)) return { kind: 'absent' };
      throw error;
    }
  }

  private async createDriver(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    try {
      const { pod } = this.render(record);
      const answer = await createObject(this.client, pods, record.namespace, pod);
      return { ...observation, driver: { kind: 'present', pod: projectPod(readObject(answer)) } };
    } catch (error) {
      if (isAlreadyExists(error)) return { ...observation, driver: await this.lookUpDriver(record) };
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      if (isDefinite(error) || setback.kind === 'refused') return { ...observation, setback };
      const driver = await this.lookUpDriver(record);
      return driver.kind === 'present' ? { ...observation, driver } : { ...observation, driver, setback };
    }
  }

  private async releaseDriver(record: ApplicationRecord, observation: Observation): Promise<Observation> {
    const uid = record.status.driverInfo?.podUid ?? '';
    try {
      const { podName, resources } = this.render(record);
      for (const resource of resources) {
        await this.createOwned(record.namespace, ownedByDriver(resource, { name: podName, uid }), uid);
      }
      return { ...observation, released: true };
    } catch (error) {
      const setback = setbackOf(error);
      if (setback === undefined) throw error;
      return { ...observation, setback };
    }
  }

  /** "Already exists" is success where our own pod is the owner: an earlier try got that far. */
  private async createOwned(namespace: string, object: DriverResource, uid: string): Promise<void> {
    const resource = resourceOfKind[object.kind];
    if (resource === undefined)
      throw new FiresteelError('SUBMISSION_REFUSED', `objects of kind ${object.kind}: not supported yet`);
    try {
      await createObject(this.client, resource, namespace, object);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const name = object.metadata.name;
      const existing = readObject(await getObject(this.client, resource, { namespace, name }));
      if (existing.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return;
      throw new FiresteelError('SUBMISSION_REFUSED', `${object.kind} ${name} already exists and is not of this driver`);
    }
  }

  private async lookUpConfigMap(record: ApplicationRecord): Promise<Observation['configMap']> {
    const name = driverConfigMapName(idsOf(record.status.submissionID ?? '', submitTimeOf(record)));
    try {
      await getObject(this.client, configMaps, { namespace: record.namespace, name });
      return 'present';
    } catch (error) {
      if (isNotFound(error)) return 'absent';
      throw error;
    }
  }

  private render(record: ApplicationRecord): DriverObjects {
    const reading = readApplication(record);
    if (!reading.ok) throw new FiresteelError('APPLICATION_INVALID', describeProblems(reading.problems));
    const submission = { id: record.status.submissionID ?? '', submitTime: submitTimeOf(record) };
    return renderDriver(reading.application, submission, this.settings);
  }

  private driverAddress(record: ApplicationRecord): { namespace: string; name: string } {
    return { namespace: record.namespace, name: record.status.driverInfo?.podName ?? `${record.name}-driver` };
  }
}

function submitTimeOf({ status }: ApplicationRecord): number {
  return parseTime(status.lastSubmissionAttemptTime) ?? 0;
}
