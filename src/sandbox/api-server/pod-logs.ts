/** The log lines of containers, which the simulated node hands over, and `GET …/pods/NAME/log`, which shows them. */
import type { ServerResponse } from 'node:http';
import { type ApiObject, at, items, text, texts } from './objects.js';
import { Refusal } from './refusal.js';

/** The latest of each container. */
const maximumLines = 10_000;
const keyOf = (...parts: readonly string[]) => parts.join('/');

export class PodLogs {
  readonly #lines = new Map<string, readonly string[]>();
  readonly #listeners = new Set<() => void>();

  set(namespace: string, pod: string, container: string, lines: readonly string[]): void {
    this.#lines.set(keyOf(namespace, pod, container), lines.slice(-maximumLines));
    this.tell();
  }

  forget(namespace: string, pod: string): void {
    for (const key of [...this.#lines.keys()]) if (key.startsWith(keyOf(namespace, pod, ''))) this.#lines.delete(key);
    this.tell();
  }

  /** Followers look whether there is more, and whether the pod has ended. */
  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Answers on its own; with `follow` until the pod has ended or is gone. @throws {Refusal} 400 */
  send(find: () => ApiObject | undefined, pod: ApiObject, query: URLSearchParams, response: ServerResponse): void {
    const { name, namespace = '' } = pod.metadata;
    const container = containerOf(pod, query.get('container') ?? '');
    const key = keyOf(namespace, name, container);
    let sent = Math.max(
      0,
      (this.#lines.get(key)?.length ?? 0) - Number(query.get('tailLines') ?? Number.POSITIVE_INFINITY),
    );
    const sendMore = () => {
      const lines = this.#lines.get(key) ?? [];
      for (const line of lines.slice(sent)) response.write(`${line}\n`);
      sent = Math.max(sent, lines.length);
      const mayGoOn = ['Pending', 'Running'].includes(text(at(find(), 'status', 'phase')));
      if (query.get('follow') !== 'true' || !mayGoOn) response.end();
    };
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    this.#listeners.add(sendMore);
    response.once('close', () => this.#listeners.delete(sendMore));
    sendMore();
  }
}

function containerOf({ metadata, spec, status }: ApiObject, wanted: string): string {
  const names = texts(
    [...items(at(spec, 'initContainers')), ...items(at(spec, 'containers'))].map((one) => at(one, 'name')),
  );
  const container = wanted === '' && names.length === 1 ? (names[0] ?? '') : wanted;
  if (container === '') {
    throw new Refusal(
      400,
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  if (!names.includes(container))
    throw new Refusal(400, `container ${container} is not valid for pod ${metadata.name}`);
  const own = items(at(status, 'containerStatuses')).find((one) => at(one, 'name') === container);
  const waiting = at(own, 'state', 'waiting', 'reason');
  if (waiting === undefined) return container;
  throw new Refusal(400, `container "${container}" in pod "${metadata.name}" is waiting to start: ${waiting}`);
}
