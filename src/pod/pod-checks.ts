/**
 * What must hold for the pod as a whole when all edits are done: API servers would refuse it too, but in words that name
 * neither the annotation nor the way out. And what they take, though it is hardly meant.
 */
import { FiresteelError } from '../errors.js';
import type { JsonObject } from './json.js';
import { byName, mountKey, portNumber } from './list-keys.js';
import { type Path, pointer } from './patch.js';
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
    for (const [index] of edit.list(['spec', list]).entries()) {
      for (const mount of edit.objects(['spec', list, index, 'volumeMounts'])) {
        if (!volumes.has(byName(mount))) throw mountWithoutVolume(edit, ['spec', list, index], mount);
      }
    }
  }
}

function mountWithoutVolume(edit: PodEdit, container: Path, mount: JsonObject): FiresteelError {
  const isSpark = pointer(container) === pointer(edit.containerPath());
  const whose = isSpark ? '' : ` of ${edit.get([...container, 'name'])}`;
  return new FiresteelError(
    'MUTATION_CONFLICT',
    `the mount${whose} at ${mountKey(mount)} names volume ${byName(mount)}, which the pod does not have`,
  );
}

interface Port {
  readonly container: JsonObject;
  readonly port: JsonObject;
}

const describe = ({ container, port }: Port) => `${byName(container)}/${port['name'] ?? ''}`;

/** The containers of a pod share its addresses; with those of the node, Kubernetes refuses what could not work. */
function checkPorts(edit: PodEdit): void {
  const onHost = edit.get(['spec', 'hostNetwork']) === true;
  const owners = new Map<string, Port>();
  for (const [index, container] of edit.objects(['spec', 'containers']).entries()) {
    for (const port of edit.objects(['spec', 'containers', index, 'ports'])) {
      const owner = { container, port };
      const number = portNumber(port);
      const before = owners.get(number);
      if (before !== undefined) {
        edit.warn(
          `port ${number} is named twice, ${describe(before)} and ${describe(owner)}; only one can listen on it`,
        );
      }
      owners.set(number, owner);
      const hostPort = port['hostPort'] || (onHost ? port['containerPort'] : undefined);
      if (hostPort !== undefined)
        takeHostPort(owners, `${port['hostIP'] ?? ''}:${hostPort}/${port['protocol'] || 'TCP'}`, owner);
    }
  }
}

function takeHostPort(owners: Map<string, Port>, place: string, owner: Port): void {
  const before = owners.get(place);
  if (before !== undefined) {
    throw new FiresteelError(
      'MUTATION_CONFLICT',
      `port ${portNumber(owner.port)} of the node is asked for by ${describe(before)} and by ${describe(owner)}`,
    );
  }
  owners.set(place, owner);
}

/** Fields of Kubernetes in which a limit below its request is refused. */
function checkMemory(edit: PodEdit): void {
  const limit = edit.get(edit.containerPath('resources', 'limits', 'memory'));
  const request = edit.get(edit.containerPath('resources', 'requests', 'memory'));
  if (limit === undefined || request === undefined || limit === request) return;
  const [most, least] = [parseQuantity(String(limit)), parseQuantity(String(request))];
  if (most === undefined || least === undefined || most.nano >= least.nano) return;
  edit.warn(`the memory limit ${limit} is below the request ${request}, which is heap and overhead together`);
}
