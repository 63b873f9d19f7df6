/** The status of an application at the API server: read live, written with uid and resource version as precondition. */
import type { SparkApplicationStatus } from '../src/api/status.js';
import { type ApiClient, getObject, mergePatch } from '../src/kube/api-client.js';
import { isConflict, isNotFound } from '../src/kube/api-error.js';
import { mergePatchBetween } from '../src/kube/merge-patch.js';
import type { KubernetesObject } from '../src/kube/objects.js';
import { readObject } from '../src/kube/read-object.js';
import { sparkApplications } from '../src/kube/resources.js';
import { type ApplicationRecord, projectApplication } from './application-record.js';

/** Who keeps what is known of applications. */
interface StatusAudience {
  readonly onSeen: (application: KubernetesObject) => void;
  readonly onGone: (application: ApplicationRecord) => void;
}

export class StatusWriter {
  constructor(
    private readonly client: ApiClient,
    private readonly audience: StatusAudience,
  ) {}

  /** The record as it is now written; `conflict` where it was not what `record` says, or is gone. */
  async write(
    record: ApplicationRecord,
    wanted: SparkApplicationStatus | undefined,
  ): Promise<ApplicationRecord | 'conflict'> {
    const status = wanted && mergePatchBetween(record.status, wanted);
    if (status === undefined) return record;
    const { namespace, name, uid, resourceVersion } = record;
    const address = { namespace, name, subresource: 'status' };
    try {
      const body = { metadata: { uid, resourceVersion }, status };
      return this.see(await mergePatch(this.client, sparkApplications, address, body), record);
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) return 'conflict';
      throw error;
    }
  }

  /** The application as it is; undefined where it is gone, or another one has its name. */
  async lookUp(before: ApplicationRecord): Promise<ApplicationRecord | undefined> {
    const record = await this.find(before);
    if (record?.uid === before.uid) return record;
    // From a cache that is behind it would be taken up again with every event, and a pod be made for it each time.
    this.audience.onGone(before);
    return undefined;
  }

  private async find(before: ApplicationRecord): Promise<ApplicationRecord | undefined> {
    const { namespace, name } = before;
    try {
      return this.see(await getObject(this.client, sparkApplications, { namespace, name }), before);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private see(answer: unknown, before: ApplicationRecord): ApplicationRecord {
    const object = readObject(answer);
    this.audience.onSeen(object);
    return projectApplication(object, before);
  }
}
