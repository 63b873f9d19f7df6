/** Sees every state that the applications of a namespace are ever in, and tells when something has become true of one. */
import { z } from 'zod';
import { readStatus, type SparkApplicationStatus } from '../../src/api/status.js';
import { systemClock } from '../../src/clock.js';
import type { ApiClient } from '../../src/kube/api-client.js';
import { sparkApplications } from '../../src/kube/resources.js';
import { ObjectWatch } from '../e2e/object-watch.js';

/** Far above what it takes. */
const withinMilliseconds = 10_000;

const applicationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  status: z.unknown().optional(),
});

interface Story {
  status: SparkApplicationStatus;
  /** Each state once it was another one, the first `''`, the last perhaps `deleted`. */
  readonly states: string[];
}

interface Wait {
  readonly name: string;
  readonly isOver: (story: Story) => boolean;
  readonly end: (status: SparkApplicationStatus) => void;
}

export class ApplicationWitness {
  readonly #stories = new Map<string, Story>();
  readonly #waits = new Set<Wait>();
  readonly #watch: ObjectWatch;

  constructor(client: ApiClient, namespace: string) {
    const note = (object: unknown) => this.#note(object, 'present');
    this.#watch = new ObjectWatch({
      client,
      resource: sparkApplications,
      namespace,
      sink: { replace: (objects) => objects.forEach(note), upsert: note, remove: (gone) => this.#note(gone, 'gone') },
    });
  }

  start(): Promise<void> {
    return this.#watch.start();
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  statesOf(name: string): readonly string[] {
    return this.#stories.get(name)?.states ?? [];
  }

  /** Whether the one state ever followed the other. */
  hasSeen(name: string, from: string, to: string): boolean {
    return this.statesOf(name).some((state, index, states) => state === from && states[index + 1] === to);
  }

  /** The status once the latest state is that one. */
  untilState(name: string, state: string): Promise<SparkApplicationStatus> {
    return this.until(name, `be ${state || 'there'}`, ({ states }) => states.at(-1) === state);
  }

  /**
   * The status for which the condition holds.
   * @param what as it follows `name to`, for the error
   */
  until(name: string, what: string, isOver: (story: Story) => boolean): Promise<SparkApplicationStatus> {
    const story = this.#stories.get(name);
    if (story !== undefined && isOver(story)) return Promise.resolve(story.status);
    return new Promise((resolve, reject) => {
      const end = (status: SparkApplicationStatus) => {
        cancel();
        this.#waits.delete(wait);
        resolve(status);
      };
      const wait: Wait = { name, isOver, end };
      this.#waits.add(wait);
      const cancel = systemClock.after(withinMilliseconds, () => {
        this.#waits.delete(wait);
        reject(new Error(`waited in vain for ${name} to ${what}; it was seen: ${this.#describe(name)}`));
      });
    });
  }

  #describe(name: string): string {
    const story = this.#stories.get(name);
    return `${story?.states.join(' > ')}, ${story?.status.applicationState?.errorMessage ?? 'no message'}`;
  }

  #note(object: unknown, presence: 'present' | 'gone'): void {
    const { metadata, status: read } = applicationSchema.parse(object);
    const status = readStatus(read);
    const story = this.#stories.get(metadata.name) ?? { status, states: [] };
    this.#stories.set(metadata.name, story);
    story.status = status;
    const state = presence === 'gone' ? 'deleted' : (status.applicationState?.state ?? '');
    if (story.states.at(-1) !== state) story.states.push(state);
    for (const wait of this.#waits) {
      if (wait.name === metadata.name && wait.isOver(story)) wait.end(status);
    }
  }
}
