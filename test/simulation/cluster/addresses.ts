/** Where things are in the cluster of the simulation. */
import {
  configMaps,
  leases,
  networkPolicies,
  persistentVolumeClaims,
  pods,
  type Resource,
  resourcePath,
  services,
  sparkApplications,
} from '../../../src/kube/resources.js';

export const namespace = 'simulation';
export const applicationName = 'pi';
export const leaseName = 'operator';

export const pathOf = (resource: Resource, name: string, subresource?: string) =>
  resourcePath(resource, { namespace, name, subresource });

export const collectionOf = (resource: Resource) => resourcePath(resource, { namespace });

export const applicationPath = pathOf(sparkApplications, applicationName);

/** What the cluster holds; events are not kept. */
export const resources: readonly Resource[] = [
  sparkApplications,
  pods,
  configMaps,
  services,
  persistentVolumeClaims,
  networkPolicies,
  leases,
];
