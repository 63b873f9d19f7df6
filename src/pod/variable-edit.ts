/** Variables of the Spark container: told apart by name, and of one name the last counts, as where Kubernetes reads them. */
import type { JsonObject } from './json.js';
import { byName } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';

export function setVariables(edit: PodEdit, annotation: string, variables: readonly JsonObject[]): void {
  const seen = new Set<string>();
  for (const variable of variables) {
    const name = byName(variable);
    if (seen.has(name)) edit.warn(`annotation ${annotation} has variable ${name} twice; the last one counts`);
    seen.add(name);
  }
  edit.merge(edit.containerPath('env'), variables, byName);
}
