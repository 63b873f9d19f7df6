/** The log lines of containers, which the simulated node hands over and `kubectl logs` reads; the latest of each container. */
const maximumLines = 10_000;

const keyOf = (...parts: readonly string[]) => parts.join('/');

export class PodLogs {
  readonly #lines = new Map<string, readonly string[]>();
  readonly #listeners = new Set<() => void>();

  set(namespace: string, pod: string, container: string, lines: readonly string[]): void {
    this.#lines.set(keyOf(namespace, pod, container), lines.slice(-maximumLines));
    this.tell();
  }

  get(namespace: string, pod: string, container: string): readonly string[] {
    return this.#lines.get(keyOf(namespace, pod, container)) ?? [];
  }

  forget(namespace: string, pod: string): void {
    for (const key of this.#lines.keys()) if (key.startsWith(keyOf(namespace, pod, ''))) this.#lines.delete(key);
    this.tell();
  }

  /** Calls back whenever there may be more; the answer ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
