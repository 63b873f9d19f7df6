/**
 * The words in which the reconciler thinks: what it sees of an application's objects, and what it wants done next. A decision
 * is one status, the events that go with it and at most one action; after a write or an action it decides again, until there
 * is nothing to do. So a crash between any two steps is just a reason to look.
 */
import type { ApplicationState, SparkApplicationStatus } from '../src/api/status.js';
import type { ApplicationRecord } from './application-record.js';
import type { ReconcilerSettings } from './settings.js';
import type { SparkPod } from './spark-pod.js';

/** A pod that the cache does not have is `unknown` until the API server itself has said that it is absent. */
export type DriverObservation =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'present';
      readonly pod: SparkPod;
      /** The API server itself has shown it in this pass; what a cache shows may be old. */
      readonly isLive?: true;
    };

/** Why an action did not succeed: worth waiting (quota, webhook away, API server), or refused for good. */
export interface Setback {
  readonly kind: 'wait' | 'refused';
  readonly message: string;
}

/** Of an Event on a pod. */
export interface PodWarning {
  readonly reason: string;
  readonly message: string;
}

export interface Observation {
  readonly driver: DriverObservation;
  /** The pod in which spark-submit runs for this submission. */
  readonly submissionPod: DriverObservation;
  /** The first pod found under the names that earlier submissions had (`submission.replacedPods`). */
  readonly replaced: DriverObservation;
  /** Other driver and submission pods of the application in the cache: of submissions that are over. */
  readonly strays: readonly SparkPod[];
  readonly executors: readonly SparkPod[];
  /** Of submissions that are over. */
  readonly strayExecutors: readonly SparkPod[];
  /** This process knows that the driver's Service, ConfigMap and the rest were created for this submission. */
  readonly released: boolean;
  /** When the driver's ConfigMap was made, where that is known, in milliseconds since the epoch. */
  readonly releasedAt?: number;
  /** Kubernetes' latest warning about the driver pod, once it has been looked up. */
  readonly driverWarning?: PodWarning | 'none';
  /** Of the claimed pod: it is the last to be created, so that its presence means that the driver is released. */
  readonly configMap: 'unknown' | 'absent' | 'present';
  /** Until when an earlier pass wanted to wait: nothing is tried again before, whatever else happens. Milliseconds. */
  readonly waitUntil?: number;
  /** Of the latest action in this pass. */
  readonly setback?: Setback;
  /** Pods that the API server refused to delete in this pass: its words, by uid. */
  readonly undeletable?: ReadonlyMap<string, string>;
}

export type Action =
  | { readonly kind: 'look-up-driver' }
  | { readonly kind: 'look-up-replaced' }
  | { readonly kind: 'look-up-config-map' }
  | { readonly kind: 'create-driver' }
  /** Of what Kubernetes has warned of since then. */
  | { readonly kind: 'look-up-driver-warning'; readonly pod: Pick<SparkPod, 'uid'>; readonly since: number }
  | { readonly kind: 'look-up-submission-pod' }
  | { readonly kind: 'create-submission-pod' }
  /** Creates the ConfigMap that the submission pod waits for. */
  | { readonly kind: 'release-submission-pod' }
  | { readonly kind: 'delete-executors'; readonly pods: readonly SparkPod[] }
  /** Of the application itself, with all that it owns. */
  | { readonly kind: 'delete-application' }
  /** Creates everything that the driver waits for, its ConfigMap last. */
  | { readonly kind: 'release-driver' }
  /**
   * Deletes that very pod, if the application is still what the decision was made from, and with `onlyAsSeen` only while the
   * pod is as it was seen. `because` is remembered as the setback of this pass.
   */
  | {
      readonly kind: 'delete-driver';
      readonly pod: Pick<SparkPod, 'name' | 'uid' | 'resourceVersion'>;
      readonly onlyAsSeen: boolean;
      readonly because?: Setback;
    };

export interface ApplicationEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface Decision {
  /** The whole new status; left out: nothing to write. */
  readonly status?: SparkApplicationStatus;
  /** Recorded once the status is written. */
  readonly events?: readonly ApplicationEvent[];
  readonly action?: Action;
  /** When to look again if no event comes first. */
  readonly recheckAfterMilliseconds?: number;
  /** Nothing is to be tried again before that, whatever else happens. */
  readonly holdsOff?: boolean;
}

export interface DecisionContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A fresh UUID, for a submission that is begun now. */
  readonly newSubmissionId: string;
  readonly settings: ReconcilerSettings;
}

export type Decide = (record: ApplicationRecord, observation: Observation, context: DecisionContext) => Decision;

export type StateHandler = Decide;

export type StateTable = Readonly<Record<ApplicationState, StateHandler>>;
