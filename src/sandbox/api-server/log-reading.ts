/** `GET …/pods/NAME/log`. */
import type { ServerResponse } from 'node:http';
import type { ApiObject } from './api-object.js';
import { at, items, text } from './json-reading.js';
import { numberIn } from './listing.js';
import type { PodLogs } from './pod-logs.js';
import { badRequest } from './refusal.js';

/** Answers on its own; with `follow` until the pod has ended or is gone. @throws {Refusal} 400 */
export function sendLog(
  logs: PodLogs,
  find: () => ApiObject | undefined,
  pod: ApiObject,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const { name, namespace = '' } = pod.metadata;
  const container = containerOf(pod, query.get('container') ?? '');
  const statuses = [
    ...items(at(pod, 'status', 'containerStatuses')),
    ...items(at(pod, 'status', 'initContainerStatuses')),
  ];
  const waiting = at(
    statuses.find((one) => at(one, 'name') === container),
    'state',
    'waiting',
    'reason',
  );
  if (waiting !== undefined) {
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waiting}`);
  }
  let sent = Math.max(
    0,
    logs.get(namespace, name, container).length - (numberIn(query, 'tailLines') ?? Number.POSITIVE_INFINITY),
  );
  const sendMore = () => {
    const lines = logs.get(namespace, name, container);
    for (const line of lines.slice(sent)) response.write(`${line}\n`);
    sent = Math.max(sent, lines.length);
    const phase = text(at(find(), 'status', 'phase'));
    if (query.get('follow') !== 'true' || !['Pending', 'Running'].includes(phase)) response.end();
  };
  response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
  response.once('close', logs.onChange(sendMore));
  sendMore();
}

function containerOf({ metadata, spec }: ApiObject, wanted: string): string {
  const names = [...items(at(spec, 'initContainers')), ...items(at(spec, 'containers'))].map((one) =>
    text(at(one, 'name')),
  );
  const [only = ''] = names;
  if (wanted === '' && names.length === 1) return only;
  if (wanted === '')
    throw badRequest(
      `a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  if (!names.includes(wanted)) throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  return wanted;
}
