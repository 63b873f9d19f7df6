/**
 * One pass over one application: look, decide, write, act, and look again until nothing is left to do. The status is written
 * before the action that it announces, with the resource version as precondition.
 */
import { sparkApplicationApiVersion, sparkApplicationKind } from '../src/api/spark-application.js';
import { boundMessage } from '../src/api/status.js';
import type { Clock } from '../src/clock.js';
import { type ApiClient, getObject, mergePatch } from '../src/kube/api-client.js';
import { isConflict, isNotFound } from '../src/kube/api-error.js';
import type { EventRecorder } from '../src/kube/event-recorder.js';
import { mergePatchBetween } from '../src/kube/merge-patch.js';
import type { KubernetesObject } from '../src/kube/objects.js';
import { readObject } from '../src/kube/read-object.js';
import { sparkApplications } from '../src/kube/resources.js';
import { type ApplicationRecord, projectApplication } from './application-record.js';
import { decide } from './decide.js';
import type { ApplicationEvent, Decision, Observation } from './decision.js';
import { DriverActions } from './driver-actions.js';
import type { ReconcilerSettings } from './settings.js';

/** More steps than any way through the states needs: past it, a decision must be going in circles. */
const maximumSteps = 25;

export interface ReconcileOptions {
  readonly client: ApiClient;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly clock: Clock;
  readonly settings: ReconcilerSettings;
  /** A fresh UUID. */
  readonly newSubmissionId: () => string;
  /** Takes the answer of each status write, so that the next look at the cache is not behind it. */
  readonly onWritten: (application: KubernetesObject) => void;
}

export interface ReconcileResult {
  readonly recheckAfterMilliseconds: number | undefined;
  readonly released: boolean;
  /** The status after the pass; undefined where the application is gone. */
  readonly record: ApplicationRecord | undefined;
}

export class ApplicationReconciler {
  private readonly actions: DriverActions;

  constructor(private readonly options: ReconcileOptions) {
    this.actions = new DriverActions(options.client, options.settings);
  }

  /** @throws what the API server did not answer: the caller tries again later, with back-off */
  async reconcile(cached: ApplicationRecord, seen: Observation): Promise<ReconcileResult> {
    let record = cached;
    let observation = seen;
    for (let step = 0; step < maximumSteps; step += 1) {
      const decision = this.decide(record, observation);
      const written = await this.write(record, observation, decision);
      if (written === 'gone') return { recheckAfterMilliseconds: undefined, released: false, record: undefined };
      record = written.record;
      if (written.changedByOthers) {
        // What was seen belongs to the old view: an absence, above all, may be that of another pod.
        observation = {
          ...withoutSetback(observation),
          driver: { kind: 'unknown' },
          released: false,
          configMap: 'unknown',
        };
        continue;
      }
      this.recordEvents(record, decision.events ?? []);
      if (decision.action === undefined) {
        const { recheckAfterMilliseconds } = decision;
        return { recheckAfterMilliseconds, released: observation.released, record };
      }
      observation = await this.actions.carryOut(decision.action, record, withoutSetback(observation));
    }
    throw new Error(
      `application ${record.key}: no end after ${maximumSteps} steps, in state ${record.status.applicationState?.state}`,
    );
  }

  private decide(record: ApplicationRecord, observation: Observation): Decision {
    const { clock, settings, newSubmissionId } = this.options;
    return decide(record, observation, { now: clock.now(), newSubmissionId: newSubmissionId(), settings });
  }

  /** Writes what the decision changes. A conflict means that our view was old: the fresh one decides again. */
  private async write(
    record: ApplicationRecord,
    observation: Observation,
    decision: Decision,
  ): Promise<{ record: ApplicationRecord; changedByOthers: boolean } | 'gone'> {
    const status = decision.status && mergePatchBetween(record.status, decision.status);
    if (status === undefined) return { record, changedByOthers: false };
    const { namespace, name, uid, resourceVersion } = record;
    try {
      const answer = await mergePatch(
        this.options.client,
        sparkApplications,
        { namespace, name, subresource: 'status' },
        { metadata: { uid, resourceVersion }, status },
      );
      const object = readObject(answer);
      this.options.onWritten(object);
      return { record: projectApplication(object), changedByOthers: false };
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
      return await this.afterConflict(record, observation);
    }
  }

  private async afterConflict(
    record: ApplicationRecord,
    observation: Observation,
  ): Promise<{ record: ApplicationRecord; changedByOthers: boolean } | 'gone'> {
    const fresh = await this.lookUp(record);
    const isSameSubmission = fresh?.status.submissionID === record.status.submissionID;
    if (!isSameSubmission) await this.abandon(record, observation);
    return fresh === undefined ? 'gone' : { record: fresh, changedByOthers: true };
  }

  private async lookUp(record: ApplicationRecord): Promise<ApplicationRecord | undefined> {
    const { namespace, name, uid } = record;
    try {
      const object = readObject(await getObject(this.options.client, sparkApplications, { namespace, name }));
      if (object.metadata.uid !== uid) return undefined;
      this.options.onWritten(object);
      return projectApplication(object);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The status no longer names the submission that this pass worked on: its pod must not start. */
  private async abandon(record: ApplicationRecord, { driver }: Observation): Promise<void> {
    if (driver.kind !== 'present' || driver.pod.ownerUid !== record.uid) return;
    if (driver.pod.submissionId !== record.status.submissionID) return;
    await this.actions.deleteDriver(record, driver.pod.uid);
  }

  private recordEvents(record: ApplicationRecord, events: readonly ApplicationEvent[]): void {
    const { namespace, name, uid } = record;
    const object = { apiVersion: sparkApplicationApiVersion, kind: sparkApplicationKind, namespace, name, uid };
    for (const { type, reason, message } of events) {
      this.options.events.record({ object, type, reason, message: boundMessage(message) });
    }
  }
}

function withoutSetback({ setback, ...observation }: Observation): Observation {
  return observation;
}
