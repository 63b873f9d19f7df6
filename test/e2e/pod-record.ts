/**
 * A witness of its own: every pod of a namespace that was ever there, in the last state that a watch showed, and whether
 * it ever started.
 */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { z } from 'zod';
import type { ApiClient } from '../../src/kube/api-client.js';
import { pods } from '../../src/kube/resources.js';
import { ObjectWatch } from './object-watch.js';

export const podSchema = z.custom<Pod>((value) => typeof value === 'object' && value !== null && 'spec' in value);

export interface RecordedPod {
  uid: string;
  name: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  pod: Pod;
  started: boolean;
}

export class PodRecord {
  readonly #pods = new Map<string, RecordedPod>();
  readonly #watch: ObjectWatch;

  constructor(client: ApiClient, namespace: string) {
    const note = (object: unknown) => this.#note(podSchema.parse(object));
    this.#watch = new ObjectWatch({
      client,
      resource: pods,
      namespace,
      sink: { replace: (objects) => objects.forEach(note), upsert: note, remove: note },
    });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  /** All pods ever seen of the application, oldest first. */
  of(application: string, role: 'driver' | 'executor'): RecordedPod[] {
    return [...this.#pods.values()].filter(
      ({ labels }) => labels['sparkoperator.k8s.io/app-name'] === application && labels['spark-role'] === role,
    );
  }

  /** The one driver of the application that was ever there. */
  driverOf(application: string): RecordedPod {
    const [driver, ...more] = this.of(application, 'driver');
    if (driver === undefined || more.length > 0) {
      throw new Error(
        `${application} has had ${more.length + (driver === undefined ? 0 : 1)} driver pods instead of one`,
      );
    }
    return driver;
  }

  #note(pod: Pod): void {
    const { uid = '', name = '', labels = {}, annotations = {} } = pod.metadata ?? {};
    const known = this.#pods.get(uid);
    const containers = pod.status?.containerStatuses ?? [];
    const started = containers.some(({ state }) => state?.running !== undefined || state?.terminated !== undefined);
    this.#pods.set(uid, { uid, name, labels, annotations, pod, started: started || known?.started === true });
  }
}
