/**
 * What the log says of an outage of a list or watch: once when it begins, once for each new kind of reason, and once when
 * it is over; not at every retry.
 */
import { FiresteelError, messageOf } from '../errors.js';
import type { Logger } from '../log.js';
import { ApiError, isNothingThere } from './api-error.js';
import type { Selection } from './paged-list.js';
import { sparkApplications } from './resources.js';

export type Phase = 'list' | 'watch';

export class WatchTrouble {
  readonly #logger: Logger;
  readonly #selection: Selection;
  readonly #reasons = new Set<string>();
  #phase: Phase | undefined;

  constructor(logger: Logger, selection: Selection) {
    this.#logger = logger;
    this.#selection = selection;
  }

  begin(phase: Phase, failure: unknown): void {
    this.#phase ??= phase;
    const kind = kindOf(failure);
    if (this.#reasons.has(kind)) return;
    this.#reasons.add(kind);
    this.#logger.warn(
      { ...this.#subject(), reason: messageOf(failure) },
      `can not ${phase} ${this.#selection.resource.plural}; trying again with back-off${this.#advice(failure)}`,
    );
  }

  /** A list that works says nothing of a watch that does not. */
  over(phase: Phase): void {
    if (this.#phase === undefined || (phase === 'list' && this.#phase === 'watch')) return;
    this.#phase = undefined;
    this.#reasons.clear();
    this.#logger.info(this.#subject(), `${this.#selection.resource.plural} can be listed and watched again`);
  }

  #subject() {
    const { resource, namespace } = this.#selection;
    return { resource: resource.plural, ...(namespace === undefined ? {} : { namespace }) };
  }

  #advice(failure: unknown): string {
    if (!isNothingThere(failure) || this.#selection.resource.group !== sparkApplications.group) return '';
    return '; install the custom resource definitions: firesteel crds | kubectl apply -f -';
  }
}

function kindOf(failure: unknown): string {
  if (failure instanceof ApiError) return String(failure.status);
  return failure instanceof FiresteelError ? failure.code : messageOf(failure);
}
