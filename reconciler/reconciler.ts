/**
 * The reconciler as a running thing: watches bring keys, a queue hands each key to one worker at a time, a worker makes one
 * pass over the application. All memory that a restart would lose can be found out again.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { EventRecorder } from '../src/kube/event-recorder.js';
import { type ObjectKey, objectKey, splitKey } from '../src/kube/objects.js';
import { WorkQueue } from '../src/kube/work-queue.js';
import type { Logger } from '../src/log.js';
import type { ApplicationRecord } from './application-record.js';
import { NamespaceCache } from './namespace-cache.js';
import { ApplicationReconciler } from './reconcile.js';
import type { ReconcilerSettings } from './settings.js';

export interface ReconcilerOptions {
  readonly client: ApiClient;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** Applications worked on at one time; `--controller-threads`. */
  readonly concurrency: number;
  readonly settings: ReconcilerSettings;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Name under which events are recorded, as the peer's. */
const component = 'spark-application-controller';

export class Reconciler {
  private readonly caches: ReadonlyMap<string | undefined, NamespaceCache>;
  private readonly queue: WorkQueue<ObjectKey>;
  private readonly events: EventRecorder;
  private readonly applications: ApplicationReconciler;
  /** Submissions whose objects this process has created, by application: they need not be created again. */
  private readonly released = new Map<ObjectKey, string>();

  constructor(private readonly options: ReconcilerOptions) {
    const { client, namespaces, concurrency, settings, clock, random, logger } = options;
    this.queue = new WorkQueue({
      concurrency,
      clock,
      random,
      handle: (key) => this.work(key),
      onError: (key, error, retryInMilliseconds) =>
        logger.warn(
          { application: key, reason: messageOf(error), retryInMilliseconds },
          'application not done, trying again',
        ),
    });
    const onChange = (key: ObjectKey) => this.queue.add(key);
    const scopes = namespaces.length === 0 ? [undefined] : namespaces;
    this.caches = new Map(
      scopes.map((namespace) => [
        namespace,
        new NamespaceCache({ client, namespace, clock, random, logger, onChange }),
      ]),
    );
    this.events = new EventRecorder({ client, component, clock, logger });
    this.applications = new ApplicationReconciler({
      client,
      events: this.events,
      clock,
      settings,
      newSubmissionId: randomUUID,
      onWritten: (application) => this.cacheOf(objectKey(application.metadata))?.observeWrite(application),
    });
  }

  /** Watches from now on; work begins when all caches are filled, or the answer to a restart would be a wrong one. */
  async start(): Promise<void> {
    for (const cache of this.caches.values()) cache.start();
    await Promise.all([...this.caches.values()].map((cache) => cache.synced));
    const applications = [...this.caches.values()].reduce((sum, cache) => sum + cache.applicationCount(), 0);
    this.options.logger.info({ applications }, 'reconciler is synced');
    this.queue.start();
  }

  /** Ends the passes under way, then the watches; events already recorded are still sent. */
  async stop(): Promise<void> {
    await this.queue.stop();
    await Promise.all([...this.caches.values()].map((cache) => cache.stop()));
    await this.events.flush();
  }

  private cacheOf(key: ObjectKey): NamespaceCache | undefined {
    return this.caches.get(splitKey(key).namespace) ?? this.caches.get(undefined);
  }

  private async work(key: ObjectKey): Promise<{ requeueAfterMilliseconds?: number }> {
    const cache = this.cacheOf(key);
    const record = cache?.application(key);
    if (cache === undefined || record === undefined) {
      this.released.delete(key);
      return {};
    }
    const before = record.status.applicationState?.state ?? '';
    const observation = {
      ...cache.observe(record),
      released: this.released.get(key) === submissionOf(record),
      configMap: 'unknown' as const,
    };
    const result = await this.applications.reconcile(record, observation);
    this.remember(key, result.record, result.released);
    const after = result.record?.status.applicationState?.state ?? '';
    if (after !== before)
      this.options.logger.info({ application: key, from: before, to: after }, 'application changed state');
    const { recheckAfterMilliseconds } = result;
    return recheckAfterMilliseconds === undefined ? {} : { requeueAfterMilliseconds: recheckAfterMilliseconds };
  }

  private remember(key: ObjectKey, record: ApplicationRecord | undefined, released: boolean): void {
    const isGoingOn = record !== undefined && record.status.terminationTime == null;
    if (isGoingOn && released) this.released.set(key, submissionOf(record));
    else this.released.delete(key);
  }
}

function submissionOf({ uid, status }: ApplicationRecord): string {
  return `${uid}/${status.submissionID}`;
}
