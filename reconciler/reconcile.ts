/**
 * One pass over one application: look, decide, write, act, and look again until nothing is left to do. The status is written
 * before the action that it announces; whoever meets a conflict throws away what was seen.
 */
import { sparkApplicationApiVersion, sparkApplicationKind } from '../src/api/spark-application.js';
import { boundMessage } from '../src/api/status.js';
import type { Clock } from '../src/clock.js';
import type { ApiClient } from '../src/kube/api-client.js';
import type { EventRecorder } from '../src/kube/event-recorder.js';
import type { KubernetesObject } from '../src/kube/objects.js';
import type { ApplicationRecord } from './application-record.js';
import { sortExecutors } from './cached-pods.js';
import { decide } from './decide.js';
import type { ApplicationEvent, Decide, Decision, DecisionContext, Observation } from './decision.js';
import { type DriverAction, DriverActions } from './driver-actions.js';
import type { ReconcilerMetrics } from './reconciler-metrics.js';
import type { ReconcilerSettings } from './settings.js';
import { StatusWriter } from './status-writer.js';
import { failed } from './submission-ends.js';
import { type SubmissionPodAction, SubmissionPodActions } from './submission-pod-actions.js';

/** More steps than any way through the states needs: past it, a decision must be going in circles. */
const maximumSteps = 60;

export interface ReconcileOptions {
  readonly client: ApiClient;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly metrics: Pick<ReconcilerMetrics, 'moved'>;
  readonly clock: Clock;
  readonly settings: ReconcilerSettings;
  /** Default: `decide`. */
  readonly decide?: Decide;
  /** A fresh UUID. */
  readonly newSubmissionId: () => string;
  /** 16 random hex digits. */
  readonly newConfigMapId: () => string;
  /** Takes the application whenever the API server has shown it, so that the next look at the cache is not behind. */
  readonly onSeen: (application: KubernetesObject) => void;
  /** Told when the API server has shown that it is gone, or that another one has its name. */
  readonly onGone: (application: ApplicationRecord) => void;
}

export interface ReconcileResult {
  readonly recheckAfterMilliseconds: number | undefined;
  /** Nothing is to be tried again before that, whatever happens. */
  readonly holdsOff: boolean;
  readonly released: boolean;
  readonly releasedAt?: number;
  /** The application after the pass; undefined where it is gone. */
  readonly record: ApplicationRecord | undefined;
}

interface View {
  readonly record: ApplicationRecord;
  readonly observation: Observation;
}

const gone: ReconcileResult = {
  recheckAfterMilliseconds: undefined,
  holdsOff: false,
  released: false,
  record: undefined,
};

function resultOf(
  { recheckAfterMilliseconds, holdsOff = false }: Decision,
  record: ApplicationRecord,
  { released, releasedAt, configMap }: Observation,
): ReconcileResult {
  return {
    recheckAfterMilliseconds,
    holdsOff,
    released: released || configMap === 'present',
    ...(releasedAt === undefined ? {} : { releasedAt }),
    record,
  };
}

export class ApplicationReconciler {
  private readonly actions: DriverActions;
  private readonly submissionPods: SubmissionPodActions;
  private readonly statuses: StatusWriter;
  private readonly decide: Decide;

  constructor(private readonly options: ReconcileOptions) {
    this.actions = new DriverActions(options.client, options.settings, options.newConfigMapId);
    this.submissionPods = new SubmissionPodActions(options.client, options.settings, options.newConfigMapId);
    this.statuses = new StatusWriter(options.client, options);
    this.decide = options.decide ?? decide;
  }

  /** @throws what the API server did not answer: the caller tries again later, with back-off */
  async reconcile(cached: ApplicationRecord, seen: Observation): Promise<ReconcileResult> {
    let view: View | undefined = { record: cached, observation: seen };
    for (let step = 0; step < maximumSteps; step += 1) {
      const context = this.context();
      const decision: Decision = this.decide(view.record, view.observation, context);
      const next = await this.step(view, decision, context);
      if ('recheckAfterMilliseconds' in next) return next;
      view = next.view;
      if (view === undefined) return gone;
    }
    const { key, status } = view.record;
    throw new Error(
      `application ${key}: no end after ${maximumSteps} steps, in state ${status.applicationState?.state}`,
    );
  }

  private context(): DecisionContext {
    const { clock, settings, newSubmissionId } = this.options;
    return { now: clock.now(), newSubmissionId: newSubmissionId(), settings };
  }

  private async step(
    { record, observation: before }: View,
    decision: Decision,
    context: DecisionContext,
  ): Promise<ReconcileResult | { view: View | undefined }> {
    const written = await this.statuses.write(record, decision.status);
    if (written === 'conflict') return { view: await this.lookAgain(record, before) };
    if (hasLostItsMarks(decision, written)) return await this.refuseForeignDefinition(written, context);
    this.tell(record, written, decision.events ?? [], context);
    const { action } = decision;
    const observation = seenFor(written, record, before);
    // A write that the API server found to change nothing is no news.
    if (action === undefined && written.resourceVersion !== record.resourceVersion)
      return { view: { record: written, observation } };
    if (action === undefined) return resultOf(decision, written, observation);
    if (mustBeCurrent(decision) && (await this.isOutdated(written))) {
      return { view: await this.lookAgain(written, observation) };
    }
    if (action.kind === 'delete-application') {
      await this.actions.deleteApplication(written);
      return gone;
    }
    const { setback, waitUntil, ...current } = observation;
    return { view: { record: written, observation: await this.carryOut(action, written, current) } };
  }

  private carryOut(
    action: DriverAction | SubmissionPodAction,
    record: ApplicationRecord,
    observation: Observation,
  ): Promise<Observation> {
    switch (action.kind) {
      case 'look-up-submission-pod':
      case 'create-submission-pod':
      case 'release-submission-pod':
        return this.submissionPods.carryOut(action, record, observation);
      default:
        return this.actions.carryOut(action, record, observation);
    }
  }

  /**
   * What an old view takes for a left-over may be what a successor runs. The pod that is to go was seen before this look:
   * had it been made by a successor, the successor's intent would show. And what it takes for its turn to release a driver may
   * have been called off.
   */
  private async isOutdated(record: ApplicationRecord): Promise<boolean> {
    return (await this.statuses.lookUp(record))?.resourceVersion !== record.resourceVersion;
  }

  /** After a conflict: the application as it is, and nothing believed that was seen with the old one. */
  private async lookAgain(record: ApplicationRecord, observation: Observation): Promise<View | undefined> {
    const fresh = await this.statuses.lookUp(record);
    // What an application leaves behind that is gone is for Kubernetes to collect, or was meant to stay (`--cascade=orphan`).
    if (fresh === undefined) return undefined;
    if (fresh.status.submissionID !== record.status.submissionID) await this.abandon(record, observation);
    const { strays, executors, strayExecutors } = observation;
    const sorted = sortExecutors(fresh, [...executors, ...strayExecutors]);
    return { record: fresh, observation: { ...nothingSeen, strays, ...sorted } };
  }

  /** The status no longer names the submission that this pass worked on: its pod must not start. */
  private async abandon(record: ApplicationRecord, { driver }: Observation): Promise<void> {
    if (driver.kind !== 'present' || driver.pod.ownerUid !== record.uid) return;
    if (driver.pod.submissionId !== record.status.submissionID) return;
    await this.actions.deletePod(record, driver.pod, false);
  }

  /** An older definition, of the peer say, drops the fields without which a crash could make a second driver. */
  private async refuseForeignDefinition(record: ApplicationRecord, context: DecisionContext): Promise<ReconcileResult> {
    const why =
      'the CustomResourceDefinition of SparkApplication in this cluster drops fields of the status; ' +
      'apply that of Firesteel: firesteel crds | kubectl apply --server-side --force-conflicts -f -';
    const decision = failed(record, context, why);
    const written = await this.statuses.write(record, decision.status);
    if (written === 'conflict') return gone;
    this.tell(record, written, decision.events ?? [], context);
    return { ...gone, record: written };
  }

  /** What was written, in events and metrics: not before, or a conflict would tell of what never was. */
  private tell(
    before: ApplicationRecord,
    written: ApplicationRecord,
    events: readonly ApplicationEvent[],
    { now }: DecisionContext,
  ): void {
    const { namespace, name, uid } = written;
    const object = { apiVersion: sparkApplicationApiVersion, kind: sparkApplicationKind, namespace, name, uid };
    for (const { type, reason, message } of events) {
      this.options.events.record({ object, type, reason, message: boundMessage(message) });
    }
    this.options.metrics.moved({ record: before, status: written.status, events, now });
  }
}

/** What was seen of one submission says nothing about the next. */
function seenFor(written: ApplicationRecord, before: ApplicationRecord, observation: Observation): Observation {
  if (written.status.submissionID === before.status.submissionID) return observation;
  const { strays, executors, strayExecutors } = observation;
  return { ...nothingSeen, strays, ...sortExecutors(written, [...executors, ...strayExecutors]) };
}

const nothingSeen = {
  driver: { kind: 'unknown' },
  submissionPod: { kind: 'unknown' },
  replaced: { kind: 'unknown' },
  released: false,
  configMap: 'unknown',
} as const;

/** What can not be taken back: only a view that is as the application is may lead to it. A write of the status says that it was. */
function mustBeCurrent({ action, status }: Decision): boolean {
  switch (action?.kind) {
    case 'delete-driver':
    case 'delete-executors':
      return true;
    case 'release-driver':
    case 'release-submission-pod':
      return status === undefined;
    default:
      return false;
  }
}

/** Only a submission needs them; what the peer ended stays as it is. */
function hasLostItsMarks({ status }: Decision, written: ApplicationRecord): boolean {
  return (
    status?.applicationState?.state === 'SUBMITTED' && status.submission != null && written.status.submission == null
  );
}
