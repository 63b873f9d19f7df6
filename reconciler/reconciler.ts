/**
 * The reconciler as a running thing: watches bring keys, a queue hands each key to one worker at a time, a worker makes one
 * pass over the application. All memory that a restart would lose can be found out again. It may follow what happens for a long
 * time before it is asked to work.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { sparkApplicationApiVersion, sparkApplicationKind } from '../src/api/spark-application.js';
import { boundMessage } from '../src/api/status.js';
import { type Clock, pause } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { EventRecorder } from '../src/kube/event-recorder.js';
import { type ObjectKey, objectKey } from '../src/kube/objects.js';
import { WorkQueue } from '../src/kube/work-queue.js';
import type { Logger } from '../src/log.js';
import type { Metric } from '../src/metrics.js';
import { applicationEvents } from './application-events.js';
import { type ApplicationLane, lanes, placeOf, type SubmissionLimits } from './application-lanes.js';
import type { ApplicationRecord } from './application-record.js';
import type { ApplicationEvent, Decide, Observation } from './decision.js';
import { sanitised } from './metric-labels.js';
import { NamespaceCaches } from './namespace-caches.js';
import type { Progress } from './progress.js';
import { progressMetrics } from './progress-metrics.js';
import { ApplicationReconciler, type ReconcileResult } from './reconcile.js';
import { type MetricsSettings, ReconcilerMetrics } from './reconciler-metrics.js';
import type { ReconcilerSettings } from './settings.js';
import { WaitingNotices } from './waiting-notices.js';

export interface ReconcilerOptions {
  readonly client: ApiClient;
  /** Empty: all, or those that the selector selects. */
  readonly namespaces: readonly string[];
  /** Of labels of namespaces, followed live: what it selects is worked on beside those that are named. */
  readonly namespaceSelector?: string | undefined;
  /** Applications whose pods are followed at one time; `--controller-threads`. */
  readonly concurrency: number;
  /** Events of one reason about one application that are told one by one; `--max-similar-events`. */
  readonly maximumSimilarEvents: number;
  /** Default: as many as are followed, whatever namespace they are of. */
  readonly submissions?: SubmissionLimits;
  readonly settings: ReconcilerSettings;
  /** Default: the peer's. */
  readonly metrics?: MetricsSettings;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Default: random ones. */
  readonly ids?: SubmissionIdSource;
  /** Default: `decide`. */
  readonly decide?: Decide;
}

/** Where the ids of submissions come from. */
export interface SubmissionIdSource {
  /** A fresh UUID. */
  submissionId(): string;
  /** 16 fresh hex digits. */
  configMapId(): string;
}

const randomIds: SubmissionIdSource = {
  submissionId: randomUUID,
  configMapId: () => randomBytes(8).toString('hex'),
};

/** Name under which events are recorded, as the peer's. */
const component = 'spark-application-controller';

export class Reconciler {
  private readonly caches: NamespaceCaches;
  private readonly queue: WorkQueue<ObjectKey, ApplicationLane>;
  private readonly notices: WaitingNotices;
  private readonly events: EventRecorder;
  private readonly metrics: ReconcilerMetrics;
  private readonly applications: ApplicationReconciler;
  /** What need not be found out again, by application: forgotten with it, and at its end. */
  private readonly memories = new Map<ObjectKey, Memory>();
  /** Applications whose passes fail again and again, and whose users were told. */
  private readonly troubled = new Set<ObjectKey>();
  private following: Promise<void> | undefined;
  private phase: 'following' | 'at work' | 'stopped' = 'following';

  constructor(private readonly options: ReconcilerOptions) {
    const {
      namespaces,
      namespaceSelector,
      concurrency,
      settings,
      clock,
      random,
      logger,
      ids = randomIds,
      decide,
    } = options;
    const submissions = options.submissions ?? { concurrency, perNamespace: 0 };
    this.queue = new WorkQueue({
      lanes: lanes(concurrency, submissions),
      placeOf: (key) => placeOf(key, this.caches.of(key)?.application(key)),
      clock,
      random,
      handle: (key) => this.work(key),
      onError: (key, error, retryInMilliseconds) => this.onError(key, error, retryInMilliseconds),
    });
    this.metrics = new ReconcilerMetrics(options.metrics);
    this.caches = new NamespaceCaches({
      client: options.client,
      namespaces,
      namespaceSelector,
      clock,
      random,
      logger,
      onChange: (key) => {
        if (this.phase === 'at work') this.queue.add(key);
      },
      onAdded: (application) => {
        if (this.phase === 'at work') this.metrics.added(application);
      },
    });
    const { client } = this.caches;
    this.notices = new WaitingNotices({
      queue: this.queue,
      limits: submissions,
      clock,
      tell: (key, event) => this.tell(key, event),
    });
    this.events = new EventRecorder({
      client,
      component,
      clock,
      random,
      logger,
      maximumSimilar: options.maximumSimilarEvents,
    });
    this.applications = new ApplicationReconciler({
      client,
      events: this.events,
      metrics: this.metrics,
      clock,
      settings,
      newSubmissionId: () => ids.submissionId(),
      newConfigMapId: () => ids.configMapId(),
      ...(decide === undefined ? {} : { decide }),
      onSeen: (application) => this.caches.of(objectKey(application.metadata))?.observeWrite(application),
      onGone: (record) => this.caches.of(record.key)?.observeAbsence(record),
    });
  }

  /** Watches from now on, so that work can begin at once when it is asked for. Resolves when all caches are filled. */
  follow(): Promise<void> {
    this.following ??= this.fillCaches();
    return this.following;
  }

  /** Work begins when all caches are filled, or the answer to a restart would be a wrong one. After `stop` nothing begins. */
  async start(): Promise<void> {
    if (this.phase !== 'following') return;
    this.phase = 'at work';
    this.caches.reopenSilent();
    for (const application of this.caches.applications()) {
      this.metrics.added(application);
      this.queue.add(application.key);
    }
    await this.follow();
    if (this.hasStopped()) return;
    this.options.logger.info({ applications: this.caches.applicationCount() }, 'reconciler is synced');
    this.queue.start();
    this.notices.start();
  }

  /** Ends the passes under way, then the watches; events already recorded are still sent, as long as that is soon. */
  async stop(): Promise<void> {
    this.phase = 'stopped';
    this.notices.stop();
    await this.queue.stop();
    await this.caches.stop();
    // A successor waits for the lease meanwhile, and events are told, not promised.
    const sent = new AbortController();
    void this.events.flush().then(() => sent.abort());
    await pause(this.options.clock, flushMilliseconds, sent.signal);
  }

  progress(): Progress {
    const [oldest] = this.queue.waiting();
    return {
      waiting: { status: this.queue.depthOf('status'), submission: this.queue.depthOf('submission') },
      longestWaitMilliseconds: oldest === undefined ? 0 : Math.max(0, this.options.clock.elapsed() - oldest.since),
      longestPassMilliseconds: this.queue.longestWorkMilliseconds,
      stalledMilliseconds: this.queue.stalledMilliseconds,
      watches: this.caches.watchProgress(),
      selectedNamespaces: this.caches.selectedNamespaces,
    };
  }

  /** As they are now. Who only follows counts no application: each is counted by one process. */
  readMetrics(): readonly Metric[] {
    const prefix = sanitised(this.options.metrics?.prefix ?? '');
    const counted = this.phase === 'at work' ? [...this.caches.applications()] : [];
    return [...this.metrics.read(counted), ...progressMetrics(this.progress(), prefix)];
  }

  private hasStopped(): boolean {
    return this.phase === 'stopped';
  }

  private async fillCaches(): Promise<void> {
    await this.caches.start();
    this.options.logger.info({ applications: this.caches.applicationCount() }, 'reconciler follows the applications');
  }

  private async work(key: ObjectKey): Promise<{ requeueAfterMilliseconds?: number }> {
    const cache = this.caches.of(key);
    const record = cache?.application(key);
    if (cache === undefined || record === undefined) {
      this.memories.delete(key);
      this.troubled.delete(key);
      return {};
    }
    const before = record.status.applicationState?.state ?? '';
    const result = await this.applications.reconcile(record, {
      ...cache.observe(record),
      configMap: 'unknown',
      ...this.recall(key, record),
    });
    this.troubled.delete(key);
    this.remember(key, result);
    const after = result.record?.status.applicationState?.state ?? '';
    if (after !== before) {
      this.options.logger.info({ application: key, from: before, to: after }, 'application changed state');
    }
    const { recheckAfterMilliseconds } = result;
    return recheckAfterMilliseconds === undefined ? {} : { requeueAfterMilliseconds: recheckAfterMilliseconds };
  }

  private recall(
    key: ObjectKey,
    record: ApplicationRecord,
  ): Pick<Observation, 'released' | 'releasedAt' | 'waitUntil'> {
    const memory = this.memories.get(key);
    if (memory?.submission !== submissionOf(record)) return { released: false };
    const { submission, ...known } = memory;
    return known;
  }

  private remember(key: ObjectKey, result: ReconcileResult): void {
    const { record, released, releasedAt, recheckAfterMilliseconds, holdsOff } = result;
    if (record === undefined || record.status.terminationTime != null) {
      this.memories.delete(key);
      return;
    }
    const waitUntil =
      recheckAfterMilliseconds === undefined || !holdsOff
        ? {}
        : { waitUntil: this.options.clock.now() + recheckAfterMilliseconds };
    this.memories.set(key, {
      submission: submissionOf(record),
      released,
      ...(releasedAt === undefined ? {} : { releasedAt }),
      ...waitUntil,
    });
  }

  private onError(key: ObjectKey, error: unknown, retryInMilliseconds: number): void {
    const reason = messageOf(error);
    this.options.logger.warn({ application: key, reason, retryInMilliseconds }, 'application not done, trying again');
    const record = this.caches.of(key)?.application(key);
    if (retryInMilliseconds < troubledAfterMilliseconds || record === undefined || this.troubled.has(key)) return;
    this.troubled.add(key);
    this.tell(key, applicationEvents.notReconciled(record.name, reason));
  }

  private tell(key: ObjectKey, { type, reason, message }: ApplicationEvent): void {
    const record = this.caches.of(key)?.application(key);
    if (record === undefined) return;
    const { namespace, name, uid } = record;
    const object = { apiVersion: sparkApplicationApiVersion, kind: sparkApplicationKind, namespace, name, uid };
    this.events.record({ object, type, reason, message: boundMessage(message) });
  }
}

interface Memory {
  readonly submission: string;
  /** The driver's objects were created by this process: they need not be asked for again. */
  readonly released: boolean;
  readonly releasedAt?: number;
  readonly waitUntil?: number;
}

const flushMilliseconds = 1_000;

/** A pause that only several failures in a row lead to. */
const troubledAfterMilliseconds = 5_000;

function submissionOf({ uid, status }: ApplicationRecord): string {
  return `${uid}/${status.submissionID}`;
}
