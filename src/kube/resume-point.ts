/**
 * Where a list+watch goes on, and after what pause: from the version that was delivered last, or with a new list when that
 * version has expired, or when the server keeps answering with failures from it. Told what happened, it says what is next.
 */
import type { Clock } from '../clock.js';
import { FiresteelError } from '../errors.js';
import { ApiError, isApiError } from './api-error.js';
import { BackOff } from './back-off.js';

/** A list is expensive: those that are forced sooner than this after one another come ever more slowly. */
const calmMilliseconds = 60_000;
/** So many answers in a row that are failures, from one version: it can not be watched from. */
const answersBeforeRelist = 5;
/** A `Retry-After` beyond this is taken as this, so that nobody can stop us for good. */
const longestRetryAfterSeconds = 300;

const reconnectDelays = { initialMilliseconds: 200, maximumMilliseconds: 30_000 };
const relistDelays = { initialMilliseconds: 200, maximumMilliseconds: 60_000 };

export class ResumePoint {
  readonly #clock: Clock;
  readonly #reconnectBackOff: BackOff;
  readonly #relistBackOff: BackOff;
  #resourceVersion: string | undefined;
  #answeredFailuresHere = 0;
  #movedSinceList = false;
  #listedAt = Number.NEGATIVE_INFINITY;

  constructor({ clock, random }: { clock: Clock; random: () => number }) {
    this.#clock = clock;
    this.#reconnectBackOff = new BackOff({ ...reconnectDelays, random });
    this.#relistBackOff = new BackOff({ ...relistDelays, random });
  }

  /** Up to which the sink has everything; undefined: a list is needed. */
  get resourceVersion(): string | undefined {
    return this.#resourceVersion;
  }

  /** The sink has the whole list. */
  listed(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion;
    this.#answeredFailuresHere = 0;
    this.#movedSinceList = false;
    this.#listedAt = this.#clock.elapsed();
  }

  /** The sink has an event, or there was a bookmark. */
  movedTo(resourceVersion: string): void {
    this.#resourceVersion = resourceVersion;
    this.#answeredFailuresHere = 0;
    this.#movedSinceList = true;
  }

  /** A watch works. */
  healthy(): void {
    this.#reconnectBackOff.reset();
  }

  /** Whether that is how watches grow old, and no trouble. */
  hasExpired(failure: unknown): boolean {
    return isApiError(failure, 410) && this.#movedSinceList;
  }

  /** The milliseconds to wait after a failure, with which the version may be given up. */
  failed(failure: unknown): number {
    if (isAnswer(failure)) this.#answeredFailuresHere += 1;
    if (isApiError(failure, 410) || this.#answeredFailuresHere >= answersBeforeRelist) return this.relist(failure);
    return Math.max(this.#reconnectBackOff.next(), retryAfterMilliseconds(failure));
  }

  /** Gives the version up; the milliseconds to wait before the list. */
  relist(failure?: unknown): number {
    this.#resourceVersion = undefined;
    if (this.#clock.elapsed() - this.#listedAt >= calmMilliseconds) this.#relistBackOff.reset();
    return Math.max(this.#relistBackOff.next(), retryAfterMilliseconds(failure));
  }
}

/** A refusal or rubbish, as opposed to no answer at all or one that only asks for patience. */
function isAnswer(failure: unknown): boolean {
  if (failure instanceof ApiError) return failure.status !== 429;
  return failure instanceof FiresteelError && failure.code === 'API_MALFORMED';
}

function retryAfterMilliseconds(failure: unknown): number {
  if (!(failure instanceof ApiError) || failure.retryAfterSeconds === undefined) return 0;
  return Math.min(failure.retryAfterSeconds, longestRetryAfterSeconds) * 1_000;
}
