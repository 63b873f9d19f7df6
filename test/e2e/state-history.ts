/** The states of an application one after another, as a watch shows them, each once. */
import { z } from 'zod';
import { systemClock } from '../../src/clock.js';
import { ListWatch } from '../../src/kube/list-watch.js';
import { sparkApplications } from '../../src/kube/resources.js';
import { silentLogger } from '../../src/log.js';
import type { Site } from './site.js';

const stateSchema = z.object({
  status: z.object({ applicationState: z.object({ state: z.string() }).optional() }).optional(),
});

export class StateHistory {
  readonly states: string[] = [];
  readonly #watch: ListWatch;

  constructor(site: Site, application: string) {
    const note = (object: unknown) => {
      const state = stateSchema.parse(object).status?.applicationState?.state ?? '';
      if (state !== '' && state !== this.states.at(-1)) this.states.push(state);
    };
    this.#watch = new ListWatch({
      client: site.client,
      resource: sparkApplications,
      namespace: site.namespace,
      fieldSelector: `metadata.name=${application}`,
      sink: { replace: (objects) => objects.forEach(note), upsert: note, remove: () => {} },
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
    });
  }

  async start(): Promise<void> {
    this.#watch.start();
    await this.#watch.synced;
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
  }
}
