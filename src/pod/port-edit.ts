/** Ports of the Spark container: told apart by name, or by number where they have none. */
import type { JsonObject } from './json.js';
import { portKey } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';

export function addPorts(edit: PodEdit, annotation: string, ports: readonly JsonObject[]): void {
  for (const port of ports)
    edit.claim(annotation, `port ${portKey(port)}`, { ...port, protocol: port['protocol'] || 'TCP' });
  edit.merge(edit.containerPath('ports'), ports, portKey);
}
