/**
 * What must hold for the pod as a whole when all edits are done: API servers would refuse it too, but in words that name
 * neither the annotation nor the way out. And what they take, though it is hardly meant.
 */
import { FiresteelError } from '../errors.js';
import type { JsonObject } from './json.js';
import { byName, mountKey, portNumber } from './list-keys.js';
import type { PodEdit } from './pod-edit.js';
import { parseQuantity } from './quantity.js';

/** @throws {FiresteelError} MUTATION_CONFLICT */
export function checkPod(edit: PodEdit): void {
  checkMounts(edit);
  checkPorts(edit);
  checkMemory(edit);
}

const containerLists = ['initContainers', 'containers'] as const;

function checkMounts(edit: PodEdit): void {
  const volumes = new Set(edit.objects(['spec', 'volumes']).map(byName));
  for (const list of containerLists) {
    for (const [index, container] of edit.objects(['spec', list]).entries()) {
      for (const mount of edit.objects(['spec', list, index, 'volumeMounts'])) {
        if (volumes.has(byName(mount))) continue;
        const whose = list === 'containers' && index === edit.sparkContainer.index ? '' : ` of ${byName(container)}`;
        throw new FiresteelError(
          'MUTATION_CONFLICT',
          `the mount${whose} at ${mountKey(mount)} names volume ${byName(mount)}, which the pod does not have`,
        );
      }
    }
  }
}

interface Port {
  readonly owner: string;
  readonly port: JsonObject;
}

function portsOf(edit: PodEdit): Port[] {
  return edit
    .objects(['spec', 'containers'])
    .flatMap((container, index) =>
      edit
        .objects(['spec', 'containers', index, 'ports'])
        .map((port) => ({ owner: `${byName(container)}/${port['name'] ?? ''}`, port })),
    );
}

/** The containers of a pod share its addresses; with those of the node, Kubernetes refuses what could not work. */
function checkPorts(edit: PodEdit): void {
  const onHost = edit.get(['spec', 'hostNetwork']) === true;
  const owners = new Map<string, string>();
  const hostOwners = new Map<string, string>();
  for (const { owner, port } of portsOf(edit)) {
    const number = portNumber(port);
    const before = owners.get(number);
    owners.set(number, owner);
    const hostPort = port['hostPort'] || (onHost ? port['containerPort'] : undefined);
    if (hostPort !== undefined) {
      const place = `${port['hostIP'] ?? ''}:${hostPort}/${port['protocol'] || 'TCP'}`;
      const hostBefore = hostOwners.get(place);
      if (hostBefore !== undefined) {
        const message = `port ${number} of the node is asked for by ${hostBefore} and by ${owner}`;
        throw new FiresteelError('MUTATION_CONFLICT', message);
      }
      hostOwners.set(place, owner);
    }
    if (before !== undefined)
      edit.warn(`port ${number} is named twice, ${before} and ${owner}; only one can listen on it`);
  }
}

/** Fields of Kubernetes in which a limit below its request is refused. */
function checkMemory(edit: PodEdit): void {
  const limit = edit.get(edit.containerPath('resources', 'limits', 'memory'));
  const request = edit.get(edit.containerPath('resources', 'requests', 'memory'));
  if (limit === undefined || request === undefined) return;
  const [most, least] = [parseQuantity(String(limit)), parseQuantity(String(request))];
  if (most === undefined || least === undefined || most.nano >= least.nano) return;
  edit.warn(`the memory limit ${limit} is below the request ${request}, which is heap and overhead together`);
}
