/**
 * Flags of the Kubeflow operator (2.5.2 and its development branch) that have no place here, each with the reason or with what to
 * set instead. Its other flags mean the same here.
 */

const noSubmitter = 'the reconciler creates drivers itself';
const jsonLines = 'logs are JSON lines; see --log-level';

export const peerFlags: Readonly<Record<string, string>> = {
  'cache-sync-timeout': 'not needed: nothing is done before the caches are filled, however long that takes',
  'default-batch-scheduler': 'not supported yet',
  'default-time-to-live-seconds': 'not supported yet; set timeToLiveSeconds in applications',
  'driver-pod-creation-grace-period': 'not needed: an absent pod is believed only when the API server says so',
  'enable-batch-scheduler': 'not supported yet',
  'enable-cert-manager': '--tls-cert-file and --tls-key-file name the files of any Secret',
  'enable-driver-pdb': 'not supported yet',
  'enable-http2': 'API servers ask webhooks by HTTP/1.1',
  'enable-resource-quota-enforcement': 'not supported yet',
  'enable-ui-service': 'not supported yet',
  'feature-gates': 'there are none',
  'ingress-annotations': 'not supported yet',
  'ingress-class-name': 'not supported yet',
  'ingress-tls': 'not supported yet',
  'ingress-url-format': 'not supported yet',
  'kube-scheduler-names': 'not supported yet',
  'label-selector-filter': 'the peer does not use it either',
  'leader-election-lease-duration': 'fixed: 15 s',
  'leader-election-renew-deadline': 'fixed: a lease is given up before it runs out',
  'leader-election-retry-period': 'fixed: 2 s',
  'metric-tls-cipher-suites': 'metrics are served without TLS',
  'metric-tls-min-version': 'metrics are served without TLS',
  'pprof-bind-address': 'Node has no pprof; run with NODE_OPTIONS=--cpu-prof',
  'scheduled-spark-application-timestamp-precision': 'ScheduledSparkApplication is not supported yet',
  'secure-metrics': 'metrics are served without TLS',
  'submitter-ca-file': noSubmitter,
  'submitter-cert-file': noSubmitter,
  'submitter-initial-backoff': noSubmitter,
  'submitter-key-file': noSubmitter,
  'submitter-max-retries': noSubmitter,
  'submitter-request-timeout': noSubmitter,
  'submitter-service-url': noSubmitter,
  'submitter-startup-timeout': noSubmitter,
  'submitter-tls-enabled': noSubmitter,
  'validating-webhook-name': 'custom resources need no webhook: rules in the CustomResourceDefinition check them',
  'webhook-cert-dir': '--tls-cert-file and --tls-key-file name the files',
  'webhook-cert-name': '--tls-cert-file',
  'webhook-key-name': '--tls-key-file',
  'webhook-tls-cipher-suites': 'those of Node: TLS 1.2 with forward secrecy, and TLS 1.3',
  'webhook-tls-min-version': 'fixed: TLS 1.2',
  'workqueue-ratelimiter-bucket-qps': 'each application has a back-off of its own',
  'workqueue-ratelimiter-bucket-size': 'each application has a back-off of its own',
  'workqueue-ratelimiter-max-delay': 'each application has a back-off of its own',
  'zap-devel': jsonLines,
  'zap-encoder': jsonLines,
  'zap-log-level': '--log-level',
  'zap-stacktrace-level': jsonLines,
  'zap-time-encoding': jsonLines,
};

/** Undefined: the peer has no such flag, or it means the same here. */
export function peerFlagReason(name: string): string | undefined {
  return Object.hasOwn(peerFlags, name) ? peerFlags[name] : undefined;
}
