/** What the state of a driver makes of its application. */
import { boundMessage } from '../src/api/status.js';
import { applicationEvents } from './application-events.js';
import type { ApplicationEvent } from './decision.js';

export interface Outcome {
  readonly state: 'SUBMITTED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'UNKNOWN';
  readonly message?: string;
  readonly events: readonly ApplicationEvent[];
  /** Of a failure: the cluster's doing, not the application's. */
  readonly isInfrastructure?: boolean;
  /** When it may not be true any more though no event has come, in milliseconds since the epoch. */
  readonly validUntil?: number;
  /** Since when the application has been waiting like this, where nothing else remembers it. */
  readonly waitingSince?: number;
  /** The driver has not ended, but is not waited for any longer: only what the API server itself shows is reason enough. */
  readonly isGivenUp?: true;
}

/** A driver that has not ended by itself, and is not waited for any longer. */
export function givenUp(podName: string, why: string, isInfrastructure: boolean): Outcome {
  const message = boundMessage(isInfrastructure ? `${why}; infrastructure failure` : why);
  const events = [applicationEvents.driverFailed(podName, message)];
  return { state: 'FAILED', message, isInfrastructure, events, isGivenUp: true };
}
