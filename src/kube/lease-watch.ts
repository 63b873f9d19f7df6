/**
 * Says when a lease has been let go, so that whoever waits for it need not ask every moment. It is a hint: where leases can not be
 * watched, candidates find out when they look the next time.
 */
import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import type { ApiClient } from './api-client.js';
import { holderOf, parseLease } from './lease.js';
import { ListWatch } from './list-watch.js';
import type { KubernetesObject } from './objects.js';
import { leases } from './resources.js';

export interface LeaseWatchOptions {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Of the Lease. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** It has no holder any more, or is gone. */
  readonly onFree: () => void;
}

export class LeaseWatch {
  readonly #watch: ListWatch;

  constructor(options: LeaseWatchOptions) {
    const { namespace, name, onFree } = options;
    const look = (lease: KubernetesObject) => {
      if (holderOf(parseLease(lease)) === '') onFree();
    };
    this.#watch = new ListWatch({
      ...options,
      resource: leases,
      namespace,
      // Rights to one lease hold for watches that name it so.
      fieldSelector: `metadata.name=${name}`,
      sink: { replace: (all) => all.forEach(look), upsert: look, remove: onFree },
    });
  }

  start(): void {
    this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }
}
