import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NamespaceGate } from '../../../src/kube/namespace-gate.js';
import { type KubernetesObject, objectKey } from '../../../src/kube/objects.js';
import { Store, type StoredObject } from '../../../src/kube/store.js';

function newStore(): Store<StoredObject> {
  return new Store({
    project: ({ metadata }) => ({
      key: objectKey(metadata),
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
    }),
    onProjectionError: (key, error) => assert.fail(`${key}: ${error}`),
  });
}

const object = (namespace: string, name: string, version: number, uid = `${name}-uid`): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, uid, resourceVersion: String(version) },
});

const held = (store: Store<StoredObject>) =>
  [...store.values()].map(({ key, resourceVersion }) => `${key}@${resourceVersion}`).sort();

describe('the gate of namespaces', () => {
  it('lets nothing through of a namespace that is not open, and takes back what is there when it closes', () => {
    const store = newStore();
    const gate = new NamespaceGate(store);
    gate.open('a');
    for (const namespace of ['a', 'b']) gate.upsert(object(namespace, 'x', 1));
    assert.deepEqual(held(store), ['a/x@1']);
    gate.close('a');
    assert.deepEqual(held(store), []);
    gate.upsert(object('a', 'x', 2));
    assert.deepEqual(held(store), []);
  });

  it('believes the watch, not the list that is older, of what went while a namespace was caught up with', () => {
    const store = newStore();
    const gate = new NamespaceGate(store);
    gate.openCatchingUp('a');
    gate.remove(object('a', 'gone', 7));
    gate.remove(object('a', 'again', 7));
    assert.ok(gate.catchUp('a', [object('a', 'gone', 5), object('a', 'again', 8, 'another'), object('a', 'stays', 3)]));
    gate.caughtUp('a');
    assert.deepEqual(held(store), ['a/again@8', 'a/stays@3']);
  });

  it('asks for another list when the watch has begun anew meanwhile', () => {
    const gate = new NamespaceGate(newStore());
    gate.openCatchingUp('a');
    gate.retain(new Set(), '9');
    assert.equal(gate.catchUp('a', [object('a', 'gone', 5)]), false);
    gate.openCatchingUp('a');
    assert.ok(gate.catchUp('a', []));
  });

  it('ends with what the API server has in the open namespaces, however watch, lists and openings meet', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('change' as const), namespace: fc.nat(1), name: fc.nat(1), deletes: fc.boolean() }),
      fc.record({ does: fc.constantFrom('open', 'close', 'ask', 'answer'), namespace: fc.nat(1) }),
      fc.record({ does: fc.constantFrom('hear', 'hear', 'list anew'), namespace: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const model = new Model();
        for (const one of steps) model.take(one);
        model.settle();
        assert.deepEqual(held(model.store), model.wanted());
      }),
      { numRuns: 3_000 },
    );
  });
});

interface Step {
  readonly does: string;
  readonly namespace: number;
  readonly name?: number;
  readonly deletes?: boolean;
}

/** An API server with a history, one watch of all of it that lags behind, and lists whose answers take their time. */
class Model {
  readonly store = newStore();
  readonly #gate = new NamespaceGate(this.store);
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #history: { deleted: boolean; object: KubernetesObject }[] = [];
  #heard = 0;
  #version = 100;
  readonly #open = new Set<string>();
  /** Under way, by namespace, as they were when they were asked for. */
  readonly #lists = new Map<string, KubernetesObject[]>();

  take({ does, namespace: number, name = 0, deletes = false }: Step): void {
    const namespace = `n${number}`;
    if (does === 'change') this.#change(namespace, `o${name}`, deletes);
    if (does === 'open' && !this.#open.has(namespace)) {
      this.#open.add(namespace);
      this.#ask(namespace);
    }
    if (does === 'close') {
      this.#open.delete(namespace);
      this.#lists.delete(namespace);
      this.#gate.close(namespace);
    }
    if (does === 'ask' && this.#lists.has(namespace)) this.#ask(namespace);
    if (does === 'answer') this.#answer(namespace);
    if (does === 'hear') this.#hear();
    if (does === 'list anew') this.#listAnew();
  }

  /** Everything under way arrives. */
  settle(): void {
    while (this.#lists.size > 0) for (const namespace of this.#lists.keys()) this.#answer(namespace);
    while (this.#heard < this.#history.length) this.#hear();
  }

  wanted(): string[] {
    return [...this.#objects.values()]
      .filter(({ metadata }) => this.#open.has(metadata.namespace ?? ''))
      .map(({ metadata }) => `${objectKey(metadata)}@${metadata.resourceVersion}`)
      .sort();
  }

  #change(namespace: string, name: string, deletes: boolean): void {
    this.#version += 1;
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    if (deletes && before === undefined) return;
    const after = object(namespace, name, this.#version, before?.metadata.uid ?? `uid-${this.#version}`);
    if (deletes) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#history.push({ deleted: deletes, object: after });
  }

  #ask(namespace: string): void {
    this.#gate.openCatchingUp(namespace);
    this.#lists.set(
      namespace,
      [...this.#objects.values()].filter(({ metadata }) => metadata.namespace === namespace),
    );
  }

  #answer(namespace: string): void {
    const list = this.#lists.get(namespace);
    if (list === undefined) return;
    // In two pages.
    const half = Math.ceil(list.length / 2);
    const isWhole = [list.slice(0, half), list.slice(half)].every((page) => this.#gate.catchUp(namespace, page));
    if (!isWhole) {
      this.#ask(namespace);
      return;
    }
    this.#gate.caughtUp(namespace);
    this.#lists.delete(namespace);
  }

  #hear(): void {
    const event = this.#history[this.#heard];
    if (event === undefined) return;
    this.#heard += 1;
    if (event.deleted) this.#gate.remove(event.object);
    else this.#gate.upsert(event.object);
  }

  #listAnew(): void {
    const all = [...this.#objects.values()];
    for (const one of all) this.#gate.upsert(one);
    this.#gate.retain(new Set(all.map(({ metadata }) => objectKey(metadata))), String(this.#version));
    this.#heard = this.#history.length;
  }
}
