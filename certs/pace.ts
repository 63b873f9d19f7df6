/**
 * How often the same thing may be done. The first time it is done at once; where it has to be done again soon, because it
 * failed or because somebody keeps undoing it, each time comes later than the one before, up to a minute.
 */
import { BackOff } from '../src/kube/back-off.js';

interface Course {
  readonly backOff: BackOff;
  last: number;
  wait: number;
}

/** What stood for as long was not undone: the next time is the first again. */
const peaceful = 10_000;

export class Pace {
  readonly #courses = new Map<string, Course>();

  /** @param random from 0 to below 1 */
  constructor(private readonly random: () => number) {}

  /** Milliseconds until `name` may be done. */
  delayOf(name: string, now: number): number {
    const course = this.#courses.get(name);
    if (course === undefined || now < course.last) return 0;
    return Math.max(0, course.last + course.wait - now);
  }

  /** Notes that `name` is done now. */
  begin(name: string, now: number): void {
    const course = this.#courses.get(name) ?? { backOff: this.#newBackOff(), last: now, wait: 0 };
    if (now - course.last > Math.max(peaceful, 4 * course.wait)) course.backOff.reset();
    course.wait = course.backOff.next();
    course.last = now;
    this.#courses.set(name, course);
  }

  #newBackOff(): BackOff {
    return new BackOff({ initialMilliseconds: 500, maximumMilliseconds: 60_000, random: this.random });
  }
}
