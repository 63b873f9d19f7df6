/** What stands before the API server: of pods that are created, the webhook and a quota; of those that the operator deletes, rights. */
import { label } from '../../../src/api/labels.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { pods } from '../../../src/kube/resources.js';
import { mutatePod } from '../../../src/pod/mutation.js';
import { collectionOf } from './addresses.js';
import { refusal } from './api-server.js';
import type { StoredObject } from './stored-object.js';

export class Admission {
  quotaIsUsedUp = false;
  /** Unregistered: tagged pods are created without their features, where no policy forbids it. */
  webhook: 'there' | 'away' | 'unregistered' = 'there';
  /** The operator may not. Users and Kubernetes may all the same. */
  forbidsDeletions = false;

  /** Whether the operator has the right to do that. */
  allows({ method, path }: ApiRequest): boolean {
    return !this.forbidsDeletions || method !== 'DELETE' || !path.startsWith(`${collectionOf(pods)}/`);
  }

  /** Answers whether anything stood in the way. */
  clear(): boolean {
    if (!this.quotaIsUsedUp && this.webhook === 'there' && !this.forbidsDeletions) return false;
    this.quotaIsUsedUp = false;
    this.webhook = 'there';
    this.forbidsDeletions = false;
    return true;
  }

  /**
   * The request as it reaches the API server.
   * @throws {ApiError}
   */
  admit(request: ApiRequest): ApiRequest {
    if (request.method !== 'POST' || request.path !== collectionOf(pods)) return request;
    if (this.quotaIsUsedUp) throw refusal(403, 'Forbidden', 'pods is forbidden: exceeded quota: pods');
    const pod = request.body as StoredObject;
    if (pod.metadata.labels?.[label.tagged] !== 'true' || this.webhook === 'unregistered') return request;
    if (this.webhook === 'away') throw refusal(500, 'InternalError', 'failed calling webhook "pods": no endpoints');
    return { ...request, body: mutatePod(pod).pod };
  }
}
