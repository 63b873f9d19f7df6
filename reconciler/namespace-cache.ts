/**
 * What is known of one namespace, of all, or of those that are let in: the applications and the pods that the operator launched
 * there.
 */
import { label } from '../src/api/labels.js';
import type { Clock } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { GatedListWatch } from '../src/kube/gated-list-watch.js';
import { ListWatch, type ListWatchOptions, type ListWatchSink } from '../src/kube/list-watch.js';
import type { GatedStore } from '../src/kube/namespace-gate.js';
import { type ObjectKey, objectKey, splitKey } from '../src/kube/objects.js';
import { pods, sparkApplications } from '../src/kube/resources.js';
import { Store } from '../src/kube/store.js';
import type { Logger } from '../src/log.js';
import { type ApplicationRecord, projectApplication } from './application-record.js';
import { observePods } from './cached-pods.js';
import type { WatchProgress } from './progress.js';
import { projectPod, type SparkPod } from './spark-pod.js';

export type CacheScope = { readonly namespace: string } | 'all' | 'let in';

export interface NamespaceCacheOptions {
  readonly client: ApiClient;
  /** The one namespace, all of them, or of all those that `letIn` names. */
  readonly scope: CacheScope;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Called with the key of an application when it or a pod of it changed. */
  readonly onChange: (application: ObjectKey) => void;
  /** Called when an application is seen for the first time, before `onChange`. */
  readonly onAdded: (application: ApplicationRecord) => void;
}

type WatchedObjects = Pick<ListWatchOptions, 'resource' | 'labelSelector'>;

const byApplication = 'application';

/** Bookmarks come every minute. */
const silentMilliseconds = 150_000;

export class NamespaceCache {
  readonly synced: Promise<unknown>;
  private readonly applications: Store<ApplicationRecord>;
  private readonly pods: Store<SparkPod>;
  private readonly watches: readonly (ListWatch | GatedListWatch)[];
  /** Of what was launched first, so that no application is seen without its pods. */
  private readonly gates: readonly GatedListWatch[];

  constructor(private readonly options: NamespaceCacheOptions) {
    const { scope, logger, onChange, onAdded } = options;
    const onProjectionError = (key: ObjectKey, error: unknown) =>
      logger.error({ object: key, reason: messageOf(error) }, 'an object makes no sense and is left out');
    this.applications = new Store({ project: projectApplication, onProjectionError });
    this.pods = new Store({ project: projectPod, indices: { [byApplication]: applicationKeyOf }, onProjectionError });
    this.applications.onChange(({ key, before, after }) => {
      if (before === undefined && after !== undefined) onAdded(after);
      onChange(key);
    });
    this.pods.onChange(({ before, after }) => {
      const owners = new Set([before, after].map((pod) => pod && applicationKeyOf(pod)));
      for (const owner of owners) if (owner !== undefined) onChange(owner);
    });
    const launched = { resource: pods, labelSelector: `${label.launchedByOperator}=true` };
    const watched = { resource: sparkApplications };
    if (scope === 'let in') {
      this.gates = [this.gated(launched, this.pods), this.gated(watched, this.applications)];
      this.watches = this.gates;
    } else {
      this.gates = [];
      this.watches = [this.watched(watched, this.applications), this.watched(launched, this.pods)];
    }
    this.synced = Promise.all(this.watches.map(({ synced }) => synced));
  }

  start(): void {
    for (const watch of this.watches) watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.watches.map((watch) => watch.stop()));
  }

  reopenSilent(): void {
    for (const watch of this.watches) watch.reopenIfSilentFor(silentMilliseconds);
  }

  /** Resolves when what is in the namespace is known, or when `signal` aborts. */
  async letIn(namespace: string, signal: AbortSignal): Promise<void> {
    for (const gate of this.gates) {
      if (!gate.hasStarted) gate.letInAhead(namespace);
      else if (!signal.aborted) await gate.letIn(namespace, signal);
    }
  }

  /** Forgets what is in the namespace; abort the signal of `letIn` before. */
  letGo(namespace: string): void {
    for (const gate of this.gates.toReversed()) gate.letGo(namespace);
  }

  watchProgress(): WatchProgress[] {
    const { scope } = this.options;
    const place = typeof scope === 'object' ? scope : {};
    return this.watches.map(({ resource, silentMilliseconds }) => ({
      resource: resource.plural,
      ...place,
      silentMilliseconds,
    }));
  }

  application(key: ObjectKey): ApplicationRecord | undefined {
    return this.applications.get(key);
  }

  applicationCount(): number {
    return this.applications.size;
  }

  allApplications(): Iterable<ApplicationRecord> {
    return this.applications.values();
  }

  /** Takes the answer of our own status write. */
  observeWrite(...application: Parameters<Store<ApplicationRecord>['observeWrite']>): void {
    this.applications.observeWrite(...application);
  }

  /** Takes the answer of a look of our own. */
  observeAbsence(application: ApplicationRecord): void {
    this.applications.observeAbsence(application);
  }

  /** The pods of an application as the cache has them. */
  observe(record: ApplicationRecord): ReturnType<typeof observePods> {
    return observePods(record, this.pods.by(byApplication, record.key));
  }

  private watched(selection: WatchedObjects, sink: ListWatchSink): ListWatch {
    const { client, scope, clock, random, logger } = this.options;
    const place = typeof scope === 'object' ? scope : {};
    return new ListWatch({ client, clock, random, logger, ...place, ...selection, sink });
  }

  private gated(selection: WatchedObjects, store: GatedStore): GatedListWatch {
    const { client, clock, random, logger } = this.options;
    return new GatedListWatch({ client, clock, random, logger, ...selection, store });
  }
}

function applicationKeyOf({ key, applicationName }: SparkPod): ObjectKey | undefined {
  if (applicationName === undefined) return undefined;
  return objectKey({ ...splitKey(key), name: applicationName });
}
