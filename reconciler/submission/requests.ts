/** The requests by which Spark's client (fabric8) creates the objects of a driver, in its order. */
import {
  configMaps,
  networkPolicies,
  pods,
  type Resource,
  resourcePath,
  secrets,
  services,
} from '../../src/kube/resources.js';
import { type DriverObjects, type DriverResource, ownedByDriver } from './driver-objects.js';

export interface SubmitRequest {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: object;
}

const resourceOf: Readonly<Record<DriverResource['kind'], Resource>> = {
  Service: services,
  NetworkPolicy: networkPolicies,
  Secret: secrets,
  ConfigMap: configMaps,
};

/**
 * The pod by POST, then each resource by server-side apply.
 * @param podUid as the API server gives it to the pod; it stands in the owner references
 */
export function sparkSubmitRequests(
  objects: DriverObjects,
  namespace: string,
  podUid: string,
): readonly SubmitRequest[] {
  const create: SubmitRequest = {
    method: 'POST',
    path: resourcePath(pods, { namespace }),
    query: {},
    contentType: 'application/json',
    body: objects.pod,
  };
  const applies = objects.resources.map((resource): SubmitRequest => {
    return {
      method: 'PATCH',
      path: resourcePath(resourceOf[resource.kind], { namespace, name: resource.metadata.name }),
      query: { fieldManager: 'fabric8', force: 'true' },
      contentType: 'application/apply-patch+yaml',
      body: ownedByDriver(resource, { name: objects.podName, uid: podUid }),
    };
  });
  return [create, ...applies];
}
