/** What the parts of the API server share. */
import type { Clock } from '../../clock.js';
import type { Logger } from '../../log.js';
import type { PodLogs } from './pod-logs.js';
import type { ResourceTable, ServedResource } from './resource-table.js';
import type { Storage } from './storage.js';

export interface World {
  readonly storage: Storage;
  readonly resources: ResourceTable;
  readonly logs: PodLogs;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** What the path of a request names. */
export interface Target {
  readonly resource: ServedResource;
  readonly namespace?: string | undefined;
  /** '' for a collection. */
  readonly name: string;
  readonly subresource: string;
}

/** A version 4 UUID. */
export function newUid({ random }: World): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, '$1-$2-4$3-8$4-$5');
}
