/** What an operator of Firesteel can set for the reconciler, with the defaults. */
import { defaultTimeouts, type Timeouts } from '../src/api/timeouts.js';

export interface ReconcilerSettings {
  /** API server as it stands in `spark.master`: `k8s://https://host:port`. */
  readonly master: string;
  /** Executors of one application whose states are kept one by one; `--max-tracked-executor-per-app`. */
  readonly maximumTrackedExecutors: number;
  /** Who gives pods their features: the webhook, by annotations, or the reconciler, beforehand; `--pod-mutation`. */
  readonly podMutation: 'webhook' | 'template';
  /** How long an application may wait for what, unless it says so itself. */
  readonly timeouts: Timeouts;
  /** Runs of an application that may end for reasons of the cluster's before that counts against it; `--max-infrastructure-retries`. */
  readonly infrastructureRetries: number;
  /** Of submission pods; left out: the driver's. `--submission-pod-service-account`. */
  readonly submissionPodServiceAccount?: string;
}

export const defaultSettings: ReconcilerSettings = {
  master: 'k8s://https://kubernetes.default.svc:443',
  maximumTrackedExecutors: 1_000,
  podMutation: 'webhook',
  timeouts: defaultTimeouts,
  infrastructureRetries: 10,
};

/** The address that the peer hands to spark-submit inside a cluster. */
export function masterFromEnvironment(environment: NodeJS.ProcessEnv): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (host === undefined || port === undefined) return defaultSettings.master;
  return `k8s://https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
