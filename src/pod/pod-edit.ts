/**
 * A pod under admission: each edit changes the pod and records the JSON patch operation that does the same to the bytes
 * received. Nothing that was given is ever written to: what an edit changes is copied first, level by level, so that the pod
 * of the request, the values of annotations and the recorded operations may share what they have in common.
 *
 * Lists are merged by key: what is there under the same key is replaced in place, the rest is appended, so that a second
 * admission finds nothing to do.
 */
import { FiresteelError } from '../errors.js';
import { isJsonObject, isSameJson, type JsonObject, setOwn } from './json.js';
import { type Operation, type Path, pointer } from './patch.js';
import { PatchRecord } from './patch-record.js';
import { findSparkContainer, type SparkContainer } from './spark-container.js';

type KeyOf = (item: JsonObject) => string;

export class PodEdit {
  readonly sparkContainer: SparkContainer;
  private readonly root: JsonObject;
  private readonly record = new PatchRecord();
  /** What is ours to write to. */
  private readonly owned = new WeakSet<object>();
  private readonly claims = new Map<string, { annotation: string; item: unknown }>();
  private readonly doubts: string[] = [];

  /** @throws {FiresteelError} REVIEW_INVALID for what is no pod */
  constructor(pod: unknown) {
    if (!isJsonObject(pod) || !isJsonObject(pod['metadata']) || !isJsonObject(pod['spec'])) {
      throw new FiresteelError('REVIEW_INVALID', 'the object is not a Pod: it has no metadata or no spec');
    }
    this.root = { ...pod };
    this.owned.add(this.root);
    this.sparkContainer = findSparkContainer(pod);
  }

  /** The pod as edited so far. */
  get pod(): JsonObject {
    return this.root;
  }

  get operations(): Operation[] {
    return this.record.operations();
  }

  /** What is legal but suspicious, for whoever creates the pod. */
  get warnings(): readonly string[] {
    return this.doubts;
  }

  warn(message: string): void {
    if (!this.doubts.includes(message)) this.doubts.push(message);
  }

  get annotations(): JsonObject {
    return this.object(['metadata', 'annotations']) ?? {};
  }

  /** Path of a field of the Spark container. */
  containerPath(...fields: readonly string[]): Path {
    return ['spec', 'containers', this.sparkContainer.index, ...fields];
  }

  get(path: Path): unknown {
    let value: unknown = this.root;
    for (const segment of path) value = memberOf(value, segment);
    return value;
  }

  /** The list at `path`; a missing one or null is empty. */
  list(path: Path): readonly unknown[] {
    const value = this.get(path) ?? [];
    if (!Array.isArray(value)) throw misshapen(path, 'a list');
    return value;
  }

  /** The objects in the list at `path`. */
  objects(path: Path): readonly JsonObject[] {
    return this.list(path).filter(isJsonObject);
  }

  /** The object at `path`; null is missing. */
  object(path: Path): JsonObject | undefined {
    const value = this.get(path) ?? undefined;
    if (value !== undefined && !isJsonObject(value)) throw misshapen(path, 'an object');
    return value;
  }

  /** Puts `value` at `path`; objects that lead there and are missing are made. */
  set(path: Path, value: unknown): void {
    const parent = path.slice(0, -1);
    const key = path[path.length - 1] ?? '';
    const holder = this.get(parent) ?? undefined;
    if (holder === undefined) {
      this.set(parent, { [key]: value });
      return;
    }
    const before = memberOf(holder, key);
    if (before !== undefined && isSameJson(before, value)) return;
    if (before === undefined) this.record.add(pointer(path), value);
    else this.record.replace(pointer(path), before, value);
    this.write(parent, key, value);
  }

  /** Takes away the member of an object; a missing one is no fault. */
  remove(path: Path): void {
    if (this.get(path) === undefined) return;
    const parent = this.writable(path.slice(0, -1));
    if (Array.isArray(parent)) throw misshapen(path.slice(0, -1), 'an object');
    this.record.remove(pointer(path));
    delete parent[String(path[path.length - 1])];
  }

  /**
   * Merges `items` into the list at `path` by the key that `keyOf` gives; of two items with one key the last counts, as
   * Kubernetes takes variables.
   * @param replace what to do with an item whose key is there; by default it is replaced
   */
  merge(
    path: Path,
    items: readonly JsonObject[],
    keyOf: KeyOf,
    replace: (place: Path, item: JsonObject) => void = (place, item) => this.set(place, item),
  ): void {
    if (items.length === 0) return;
    const wanted = new Map<string, JsonObject>();
    for (const item of items) wanted.set(keyOf(item), item);
    const present = this.list(path);
    if (present.length === 0) {
      // A list that is not there is made in one operation.
      this.set(path, [...wanted.values()]);
      return;
    }
    const places = placesIn(present, wanted, keyOf);
    const fresh: JsonObject[] = [];
    for (const [key, item] of wanted) {
      const index = places.get(key);
      if (index === undefined) fresh.push(item);
      else replace([...path, index], item);
    }
    if (fresh.length > 0) this.append(path, fresh);
  }

  /**
   * Reserves `what` (a volume, a path) for `item`: what the pod had there gives way, what another annotation put there does
   * not.
   * @throws {FiresteelError} MUTATION_CONFLICT
   */
  claim(annotation: string, what: string, item: unknown): void {
    const before = this.claims.get(what);
    if (before !== undefined && !isSameJson(before.item, item)) {
      const where =
        before.annotation === annotation
          ? `twice in annotation ${annotation}`
          : `in annotations ${before.annotation} and ${annotation}`;
      throw new FiresteelError('MUTATION_CONFLICT', `${what} stands ${where} with different content`);
    }
    this.claims.set(what, { annotation, item });
  }

  private append(path: Path, items: readonly JsonObject[]): void {
    const list = this.writable(path);
    if (!Array.isArray(list)) throw misshapen(path, 'a list');
    const end = `${pointer(path)}/-`;
    for (const item of items) {
      this.record.add(end, item);
      list.push(item);
    }
  }

  private write(parent: Path, key: string | number, value: unknown): void {
    const holder = this.writable(parent);
    if (Array.isArray(holder)) holder[Number(key)] = value;
    else setOwn(holder, String(key), value);
  }

  /** What stands at `path`, which is there, as our own copy. */
  private writable(path: Path): unknown[] | JsonObject {
    let holder: unknown[] | JsonObject = this.root;
    for (const [depth, segment] of path.entries()) {
      const member: unknown = Array.isArray(holder) ? holder[Number(segment)] : holder[segment];
      if (!isJsonObject(member) && !Array.isArray(member)) throw misshapen(path.slice(0, depth + 1), 'an object');
      const copy: unknown[] | JsonObject = this.own(member);
      if (copy !== member) {
        if (Array.isArray(holder)) holder[Number(segment)] = copy;
        else setOwn(holder, String(segment), copy);
      }
      holder = copy;
    }
    return holder;
  }

  private own(value: unknown[] | JsonObject): unknown[] | JsonObject {
    if (this.owned.has(value)) return value;
    const copy = Array.isArray(value) ? [...value] : { ...value };
    this.owned.add(copy);
    return copy;
  }
}

function memberOf(value: unknown, segment: string | number): unknown {
  if (Array.isArray(value)) return value[Number(segment)];
  return isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}

/** Where the keys of `wanted` stand; each member is looked at once, however many are wanted. */
function placesIn(
  present: readonly unknown[],
  wanted: ReadonlyMap<string, unknown>,
  keyOf: KeyOf,
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let index = 0; index < present.length; index += 1) {
    const member = present[index];
    if (!isJsonObject(member)) continue;
    const key = keyOf(member);
    if (wanted.has(key)) places.set(key, index);
  }
  return places;
}

function misshapen(path: Path, wanted: string): FiresteelError {
  return new FiresteelError('REVIEW_INVALID', `the pod is misshapen: ${pointer(path) || 'the pod'} is not ${wanted}`);
}
