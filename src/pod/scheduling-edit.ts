/** Edits of what decides where and when a pod runs, where they are more than setting a field. */
import type { JsonObject } from './json.js';
import type { PodEdit } from './pod-edit.js';

/**
 * Priority and preemption policy that the Priority plugin computed for another class go: it refuses a pod whose integer is
 * not that of its class. What stands there for this very class stays, for nobody would compute it again after us.
 */
export function setPriorityClass(edit: PodEdit, name: string): void {
  if (edit.get(['spec', 'priorityClassName']) === name) return;
  edit.set(['spec', 'priorityClassName'], name);
  edit.remove(['spec', 'priority']);
  edit.remove(['spec', 'preemptionPolicy']);
}

/** Names of the cluster stay resolvable. */
export function useHostNetwork(edit: PodEdit): void {
  edit.set(['spec', 'hostNetwork'], true);
  edit.set(['spec', 'dnsPolicy'], 'ClusterFirstWithHostNet');
}

interface HostAlias {
  ip: string;
  hostnames?: string[] | undefined;
}

/** An address has one entry, with the names of the pod and of the annotation. */
export function addHostAliases(edit: PodEdit, aliases: readonly HostAlias[]): void {
  const path = ['spec', 'hostAliases'];
  const names = new Map(edit.objects(path).map((alias) => [addressOf(alias), new Set(namesIn(alias))]));
  const wanted = new Set<string>();
  for (const { ip, hostnames = [] } of aliases) {
    const known = names.get(ip) ?? new Set<unknown>();
    for (const name of hostnames) known.add(name);
    names.set(ip, known);
    wanted.add(ip);
  }
  const merged = [...wanted].map((ip) => ({ ip, hostnames: [...(names.get(ip) ?? [])] }));
  edit.merge(path, merged, addressOf);
}

const addressOf = (alias: JsonObject) => String(alias['ip']);
const namesIn = ({ hostnames }: JsonObject): unknown[] => (Array.isArray(hostnames) ? hostnames : []);
