/**
 * Says when a registration has changed, so that a bundle which somebody removes (a `kubectl apply`, a GitOps tool, an upgrade)
 * is back at once. What it changed to is read live by whoever is told.
 */
import type { Clock } from '../src/clock.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { ListWatch } from '../src/kube/list-watch.js';
import { mutatingWebhookConfigurations } from '../src/kube/resources.js';
import type { Logger } from '../src/log.js';

export interface RegistrationWatchOptions {
  client: ApiClient;
  /** Of the MutatingWebhookConfiguration. */
  name: string;
  clock: Clock;
  /** From 0 to below 1. */
  random: () => number;
  logger: Logger;
}

/** Started; `stop` ends it. */
export function watchRegistration({ name, ...options }: RegistrationWatchOptions, onChange: () => void): ListWatch {
  const watch = new ListWatch({
    ...options,
    resource: mutatingWebhookConfigurations,
    fieldSelector: `metadata.name=${name}`,
    sink: { replace: onChange, upsert: onChange, remove: onChange },
  });
  watch.start();
  return watch;
}
