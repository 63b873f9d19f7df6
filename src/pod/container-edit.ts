/**
 * Init containers and sidecars. One that the pod has already takes the fields that the annotation names, and keeps the rest:
 * API servers and other webhooks add mounts, variables and limits of their own between two admissions, which must not be lost.
 */
import { FiresteelError } from '../errors.js';
import type { JsonObject } from './json.js';
import { byName, mountKey, portKey } from './list-keys.js';
import type { Path } from './patch.js';
import type { PodEdit } from './pod-edit.js';

type ContainerList = 'containers' | 'initContainers';

/** @throws {FiresteelError} MUTATION_CONFLICT where a name is taken by another kind of container */
export function addContainers(
  edit: PodEdit,
  annotation: string,
  list: ContainerList,
  containers: readonly JsonObject[],
): void {
  const taken = namesElsewhere(edit, list);
  for (const container of containers) {
    const name = byName(container);
    const owner = taken.get(name);
    if (owner !== undefined) {
      throw new FiresteelError('MUTATION_CONFLICT', `annotation ${annotation}: the name ${name} is that of ${owner}`);
    }
    edit.claim(annotation, `container ${name}`, container);
  }
  edit.merge(['spec', list], containers, byName, (place, container) => mergeContainer(edit, place, container));
}

/** Names that containers of this list may not have, and whose they are. */
function namesElsewhere(edit: PodEdit, list: ContainerList): Map<string, string> {
  const [other, what] =
    list === 'containers'
      ? (['initContainers', 'an init container'] as const)
      : (['containers', 'a container'] as const);
  const names = edit.objects(['spec', other]).map((container): [string, string] => [byName(container), what]);
  const spark = edit.get(edit.containerPath('name'));
  return new Map([...names, [String(spark), 'the Spark container']]);
}

/** Lists in containers that are merged. */
const keyedLists: Readonly<Record<string, (item: JsonObject) => string>> = {
  env: byName,
  volumeMounts: mountKey,
  ports: portKey,
};

function mergeContainer(edit: PodEdit, place: Path, container: JsonObject): void {
  for (const [field, value] of Object.entries(container)) {
    const keyOf = keyedLists[field];
    if (keyOf !== undefined && Array.isArray(value)) edit.merge([...place, field], value, keyOf);
    else if (field === 'resources') mergeResources(edit, [...place, field], Object(value));
    else edit.set([...place, field], value);
  }
}

function mergeResources(edit: PodEdit, place: Path, resources: JsonObject): void {
  for (const [kind, value] of Object.entries(resources)) {
    if (kind !== 'limits' && kind !== 'requests') edit.set([...place, kind], value);
    else
      for (const [resource, quantity] of Object.entries(Object(value))) edit.set([...place, kind, resource], quantity);
  }
}
