/**
 * Tells the users of applications that have waited long for their turn why they do: by an event, once for each wait, and only
 * so many at a time, because whoever waits does so for want of requests.
 */
import type { Clock } from '../src/clock.js';
import type { ObjectKey } from '../src/kube/objects.js';
import type { WorkQueue } from '../src/kube/work-queue.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationLane, SubmissionLimits } from './application-lanes.js';
import type { ApplicationEvent } from './decision.js';

export interface WaitingNoticesOptions {
  readonly queue: Pick<WorkQueue<ObjectKey, ApplicationLane>, 'waiting' | 'depthOf'>;
  readonly limits: SubmissionLimits;
  readonly clock: Clock;
  readonly tell: (application: ObjectKey, event: ApplicationEvent) => void;
}

const lookEveryMilliseconds = 5_000;
const longMilliseconds = 10_000;
const toldAtOneLook = 50;

export class WaitingNotices {
  readonly #options: WaitingNoticesOptions;
  #told = new Set<ObjectKey>();
  #cancel: () => void = () => {};

  constructor(options: WaitingNoticesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(lookEveryMilliseconds, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel();
  }

  #look(): void {
    const { queue, clock, limits, tell } = this.#options;
    const stillWaiting = new Set<ObjectKey>();
    let left = toldAtOneLook;
    for (const { key, lane, since } of queue.waiting()) {
      if (lane !== 'submission' || clock.elapsed() - since < longMilliseconds) continue;
      const isKnown = this.#told.has(key);
      if (!isKnown && left === 0) continue;
      stillWaiting.add(key);
      if (isKnown) continue;
      left -= 1;
      tell(key, applicationEvents.queued(queue.depthOf('submission'), limits));
    }
    this.#told = stillWaiting;
  }
}
