/** What is known of one namespace, or of all: its applications and the pods that the operator launched there. */
import { label } from '../src/api/labels.js';
import type { Clock } from '../src/clock.js';
import { messageOf } from '../src/errors.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { ListWatch } from '../src/kube/list-watch.js';
import { type ObjectKey, objectKey, splitKey } from '../src/kube/objects.js';
import { pods, sparkApplications } from '../src/kube/resources.js';
import { Store } from '../src/kube/store.js';
import type { Logger } from '../src/log.js';
import { type ApplicationRecord, projectApplication } from './application-record.js';
import { observePods } from './cached-pods.js';
import type { WatchProgress } from './progress.js';
import { projectPod, type SparkPod } from './spark-pod.js';

export interface NamespaceCacheOptions {
  readonly client: ApiClient;
  /** Left out: all namespaces. */
  readonly namespace: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Called with the key of an application when it or a pod of it changed. */
  readonly onChange: (application: ObjectKey) => void;
  /** Called when an application is seen for the first time, before `onChange`. */
  readonly onAdded: (application: ApplicationRecord) => void;
}

const byApplication = 'application';

export class NamespaceCache {
  readonly synced: Promise<unknown>;
  private readonly applications: Store<ApplicationRecord>;
  private readonly pods: Store<SparkPod>;
  private readonly watches: readonly { readonly resource: string; readonly watch: ListWatch }[];

  constructor(private readonly options: NamespaceCacheOptions) {
    const { client, namespace, clock, random, logger, onChange, onAdded } = options;
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
    const shared = { client, clock, random, logger, ...(namespace === undefined ? {} : { namespace }) };
    const launched = { labelSelector: `${label.launchedByOperator}=true` };
    this.watches = [
      {
        resource: sparkApplications.plural,
        watch: new ListWatch({ ...shared, resource: sparkApplications, sink: this.applications }),
      },
      { resource: pods.plural, watch: new ListWatch({ ...shared, ...launched, resource: pods, sink: this.pods }) },
    ];
    this.synced = Promise.all(this.watches.map(({ watch }) => watch.synced));
  }

  start(): void {
    for (const { watch } of this.watches) watch.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.watches.map(({ watch }) => watch.stop()));
  }

  watchProgress(): WatchProgress[] {
    const { namespace } = this.options;
    return this.watches.map(({ resource, watch: { silentMilliseconds } }) => ({
      resource,
      ...(namespace === undefined ? {} : { namespace }),
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

  /** The pods of an application as the cache has them. */
  observe(record: ApplicationRecord): ReturnType<typeof observePods> {
    return observePods(record, this.pods.by(byApplication, record.key));
  }
}

function applicationKeyOf({ key, applicationName }: SparkPod): ObjectKey | undefined {
  if (applicationName === undefined) return undefined;
  return objectKey({ ...splitKey(key), name: applicationName });
}
