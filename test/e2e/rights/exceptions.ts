/**
 * Rights of the chart that leave no line in the audit log, because an admission plug-in asks for them. Each has an application
 * that gets no further without it.
 */
import { createObject } from '../../../src/kube/api-client.js';
import { configMaps } from '../../../src/kube/resources.js';
import type { Site } from '../site.js';
import type { Right } from './granted-rights.js';

export interface Exception {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** @param name of the application @param serviceAccount of its driver */
  readonly submit: (site: Site, name: string, serviceAccount: string) => Promise<void>;
  readonly refusal: RegExp;
}

export const exceptions: readonly Exception[] = [
  {
    group: '',
    resource: 'configmaps',
    verb: 'delete',
    submit: submitMonitored,
    refusal: /the operator lacks a right: .*cannot set an ownerRef on a resource you can't delete/,
  },
  {
    group: 'sparkoperator.k8s.io',
    resource: 'sparkapplications/finalizers',
    verb: 'update',
    submit: (site, name, serviceAccount) => site.submit(name, { driver: { serviceAccount } }),
    refusal: /the operator lacks a right: .*cannot set blockOwnerDeletion/,
  },
];

export function isExcepted(right: Right): boolean {
  return exceptions.some(
    ({ group, resource, verb }) => right.group === group && right.resource === resource && right.verb === verb,
  );
}

/** Its ConfigMap is there, as a deleted application may leave it behind: it gets another owner. */
export async function submitMonitored(site: Site, name: string, serviceAccount: string): Promise<void> {
  await createObject(site.client, configMaps, site.namespace, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-prom-conf`, labels: { 'sparkoperator.k8s.io/created-by-spark-operator': 'true' } },
  });
  const prometheus = { jmxExporterJar: '/p/jmx.jar' };
  const monitoring = { exposeDriverMetrics: true, exposeExecutorMetrics: false, prometheus };
  await site.submit(name, { driver: { serviceAccount }, monitoring });
}
