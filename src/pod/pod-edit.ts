/**
 * A pod under admission: each edit changes a copy of the pod and records the JSON patch operation that does the same to the
 * bytes received. Lists are merged by key: what is there under the same key is replaced in place, the rest is appended, so
 * that a second admission finds nothing to do.
 */
import { isDeepStrictEqual } from 'node:util';
import { isNestedTooDeeply } from '../api/json-limits.js';
import { driverContainerName, executorContainerNames, label } from '../api/labels.js';
import { FiresteelError } from '../errors.js';
import { cloneJsonObject, isJsonObject, type JsonObject, setOwn } from './json.js';
import { type Operation, type Path, pointer } from './patch.js';
import { PatchRecord } from './patch-record.js';

export class PodEdit {
  /** The pod as edited so far. */
  readonly pod: JsonObject;
  /** Index of the Spark container: found by name, else the first. */
  readonly sparkContainer: number;
  private readonly record = new PatchRecord();
  /** Where each key of a list is, so that a merge looks at each item once. */
  private readonly places = new Map<string, Map<string, number>>();
  private readonly claims = new Map<string, { annotation: string; item: JsonObject }>();

  /** @throws {FiresteelError} REVIEW_INVALID for what is no pod */
  constructor(pod: unknown) {
    if (!isJsonObject(pod) || !isJsonObject(pod['metadata']) || !isJsonObject(pod['spec'])) {
      throw new FiresteelError('REVIEW_INVALID', 'the object is not a Pod: it has no metadata or no spec');
    }
    if (isNestedTooDeeply(pod)) throw new FiresteelError('REVIEW_INVALID', 'the pod is nested too deeply');
    this.pod = cloneJsonObject(pod);
    this.sparkContainer = indexOfSparkContainer(pod);
  }

  get operations(): Operation[] {
    return this.record.operations();
  }

  get annotations(): JsonObject {
    return this.object(['metadata', 'annotations']) ?? {};
  }

  /** Path of a field of the Spark container. */
  containerPath(field: string): Path {
    return ['spec', 'containers', this.sparkContainer, field];
  }

  get(path: Path): unknown {
    let value: unknown = this.pod;
    for (const segment of path) {
      if (Array.isArray(value)) value = value[Number(segment)];
      else if (isJsonObject(value) && Object.hasOwn(value, segment)) value = value[segment];
      else return undefined;
    }
    return value;
  }

  /** The list at `path`; a missing one or null is empty. */
  list(path: Path): unknown[] {
    const value = this.get(path) ?? [];
    if (!Array.isArray(value)) throw misshapen(path, 'a list');
    return value;
  }

  /** Puts `value` at `path`, whose parent exists. */
  set(path: Path, value: unknown): void {
    const before = this.get(path);
    if (before !== undefined && isDeepStrictEqual(before, value)) return;
    if (before === undefined) this.record.add(pointer(path), value);
    else this.record.replace(pointer(path), before, value);
    const key = path[path.length - 1] ?? '';
    const parent = this.get(path.slice(0, -1));
    if (Array.isArray(parent)) parent[Number(key)] = value;
    else if (isJsonObject(parent)) setOwn(parent, String(key), value);
    else throw misshapen(path.slice(0, -1), 'an object');
  }

  /** Puts an entry into the map at `path`, which is made if it is not there. */
  setEntry(path: Path, key: string, value: string): void {
    if (this.object(path) === undefined) this.set(path, {});
    this.set([...path, key], value);
  }

  /** Merges `items` into the list at `path` by the key that `keyOf` gives; one list is always merged by one kind of key. */
  merge(path: Path, items: readonly JsonObject[], keyOf: (item: JsonObject) => string): void {
    const places = this.placesIn(path, keyOf);
    for (const item of items) this.mergeOne(path, item, keyOf(item), places);
  }

  /**
   * Reserves `what` (a volume, a path) for `item`: what the pod had there gives way, what another annotation put there does
   * not.
   * @throws {FiresteelError} MUTATION_CONFLICT
   */
  claim(annotation: string, what: string, item: JsonObject): void {
    const before = this.claims.get(what);
    if (before !== undefined && !isDeepStrictEqual(before.item, item)) {
      const names = before.annotation === annotation ? [annotation] : [before.annotation, annotation];
      const where = names.length === 1 ? `twice in annotation ${annotation}` : `in annotations ${names.join(' and ')}`;
      throw new FiresteelError('MUTATION_CONFLICT', `${what} stands ${where} with different content`);
    }
    this.claims.set(what, { annotation, item });
  }

  /** Of two items with one key the last: so Kubernetes takes variables. */
  private placesIn(path: Path, keyOf: (item: JsonObject) => string): Map<string, number> {
    const known = this.places.get(pointer(path));
    if (known !== undefined) return known;
    const places = new Map<string, number>();
    for (const [index, member] of this.list(path).entries()) {
      if (isJsonObject(member)) places.set(keyOf(member), index);
    }
    this.places.set(pointer(path), places);
    return places;
  }

  private mergeOne(path: Path, item: JsonObject, key: string, places: Map<string, number>): void {
    const index = places.get(key);
    if (index !== undefined) {
      this.set([...path, index], item);
      return;
    }
    const list = this.list(path);
    places.set(key, list.length);
    if (list.length === 0) {
      this.set(path, [item]);
      return;
    }
    this.record.add(pointer([...path, '-']), item);
    list.push(item);
  }

  private object(path: Path): JsonObject | undefined {
    const value = this.get(path) ?? undefined;
    if (value !== undefined && !isJsonObject(value)) throw misshapen(path, 'an object');
    return value;
  }
}

function indexOfSparkContainer(pod: JsonObject): number {
  const metadata = isJsonObject(pod['metadata']) ? pod['metadata'] : {};
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const labels = isJsonObject(metadata['labels']) ? metadata['labels'] : {};
  const containers = Array.isArray(spec['containers']) ? spec['containers'] : [];
  if (!containers.every(isJsonObject) || containers.length === 0) {
    throw new FiresteelError('REVIEW_INVALID', 'the pod has no containers');
  }
  const isDriver = labels[label.role] === 'driver';
  const names: readonly string[] = isDriver
    ? [driverContainerName, ...executorContainerNames]
    : [...executorContainerNames, driverContainerName];
  const found = names.map((name) => containers.findIndex((container) => container['name'] === name));
  return found.find((index) => index >= 0) ?? 0;
}

function misshapen(path: Path, wanted: string): FiresteelError {
  return new FiresteelError('REVIEW_INVALID', `the pod is misshapen: ${pointer(path) || 'the pod'} is not ${wanted}`);
}
