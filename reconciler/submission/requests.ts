/** The requests by which Spark's client (fabric8) creates the objects of a driver, in its order, and takes them back. */
import {
  configMaps,
  networkPolicies,
  persistentVolumeClaims,
  podGroups,
  pods,
  type Resource,
  resourcePath,
  secrets,
  services,
} from '../../src/kube/resources.js';
import { type DriverObjects, type DriverResource, ownedByDriver } from './driver-objects.js';

export interface SubmitRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: object;
}

export const resourceOfKind: Readonly<Record<DriverResource['kind'], Resource>> = {
  Service: services,
  NetworkPolicy: networkPolicies,
  Secret: secrets,
  ConfigMap: configMaps,
  PersistentVolumeClaim: persistentVolumeClaims,
  PodGroup: podGroups,
};

export interface SubmitRequests {
  /** What the pod is scheduled with, still without an owner. */
  readonly before: readonly SubmitRequest[];
  readonly createPod: SubmitRequest;
  /**
   * With the pod as owner: what was made before it, then everything else, the driver's ConfigMap last.
   * @param podUid as the API server gives it to the pod
   */
  readonly owned: (podUid: string) => {
    readonly preResources: readonly SubmitRequest[];
    readonly rest: readonly SubmitRequest[];
  };
  readonly deletePod: SubmitRequest;
  readonly deletePreResources: readonly SubmitRequest[];
}

export function sparkSubmitRequests(objects: DriverObjects): SubmitRequests {
  const { namespace, pod, podName, preResources, resources } = objects;
  return {
    before: preResources.map((resource) => applied(resource, namespace)),
    createPod: {
      method: 'POST',
      path: resourcePath(pods, { namespace }),
      query: {},
      contentType: 'application/json',
      body: pod,
    },
    owned: (uid) => {
      const owned = (resource: DriverResource) => applied(ownedByDriver(resource, { name: podName, uid }), namespace);
      return { preResources: preResources.map(owned), rest: resources.map(owned) };
    },
    deletePod: deleted(resourcePath(pods, { namespace, name: podName })),
    deletePreResources: preResources.map((resource) => deleted(pathOf(resource, namespace))),
  };
}

/** All of a submission that succeeds. */
export function allRequests(requests: SubmitRequests, podUid: string): readonly SubmitRequest[] {
  const { preResources, rest } = requests.owned(podUid);
  return [...requests.before, requests.createPod, ...preResources, ...rest];
}

function pathOf(resource: DriverResource, namespace: string): string {
  return resourcePath(resourceOfKind[resource.kind], { namespace, name: resource.metadata.name });
}

/** By server-side apply, which also takes over what somebody else has made. */
function applied(resource: DriverResource, namespace: string): SubmitRequest {
  return {
    method: 'PATCH',
    path: pathOf(resource, namespace),
    query: { fieldManager: 'fabric8', force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: resource,
  };
}

function deleted(path: string): SubmitRequest {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
  return { method: 'DELETE', path, query: {}, contentType: 'application/json', body };
}
