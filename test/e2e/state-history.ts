/** The states of an application one after another, as a watch shows them, each once. */
import { z } from 'zod';
import { sparkApplications } from '../../src/kube/resources.js';
import { ObjectWatch } from './object-watch.js';
import type { Site } from './site.js';

const stateSchema = z.object({
  status: z.object({ applicationState: z.object({ state: z.string() }).optional() }).optional(),
});

export class StateHistory {
  readonly states: string[] = [];
  readonly #watch: ObjectWatch;

  constructor(site: Site, application: string) {
    const note = (object: unknown) => {
      const state = stateSchema.parse(object).status?.applicationState?.state ?? '';
      if (state !== '' && state !== this.states.at(-1)) this.states.push(state);
    };
    this.#watch = new ObjectWatch({
      client: site.client,
      resource: sparkApplications,
      namespace: site.namespace,
      fieldSelector: `metadata.name=${application}`,
      sink: { replace: (objects) => objects.forEach(note), upsert: note, remove: () => {} },
    });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }
}
