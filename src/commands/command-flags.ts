/** Which flags each command takes: plain data, so that help needs to load nothing else. */
import { timeoutFlags } from '../api/timeouts.js';

const cluster = ['kubeconfig', 'log-level', 'namespaces'] as const;

const operator = [...cluster, 'namespace-selector', 'kube-api-qps', 'kube-api-burst'] as const;

const reconciler = [
  ...operator,
  'controller-threads',
  'max-concurrent-submissions',
  'max-concurrent-submissions-per-namespace',
  'max-tracked-executor-per-app',
  'max-similar-events',
  'max-infrastructure-retries',
  ...timeoutFlags,
  'submission-pod-service-account',
  'leader-election',
  'leader-election-lock-name',
  'leader-election-lock-namespace',
  'metrics-bind-address',
  'enable-metrics',
  'metrics-endpoint',
  'metrics-prefix',
  'metrics-labels',
  'metrics-job-submit-latency-buckets',
  'metrics-job-start-latency-buckets',
  'health-probe-bind-address',
  'pod-mutation',
] as const;

const webhook = [
  ...operator,
  'webhook-port',
  'webhook-url',
  'mutating-webhook-name',
  'webhook-secret-name',
  'webhook-secret-namespace',
  'webhook-svc-name',
  'webhook-svc-namespace',
  'webhook-bind-address',
  'webhook-leaf-lifetime',
  'webhook-ca-lifetime',
  'webhook-ca-overlap',
  'webhook-drain-delay',
  'tls-cert-file',
  'tls-key-file',
  'tls-ca-file',
  'health-probe-bind-address',
] as const;

export const commandFlags = {
  run: [...new Set([...reconciler, ...webhook])],
  reconciler,
  webhook,
  render: ['namespace', 'pod-mutation'],
  mutate: ['application', 'namespace', 'patch'],
  validate: ['namespace'],
  crds: [],
  migrate: ['kubeconfig', 'namespaces', 'check'],
  start: ['keep', 'port', 'log-level'],
  sandbox: ['port', 'write-kubeconfig', 'log-level'],
} as const;
