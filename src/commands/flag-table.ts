/** The flags of all commands, with the peer's names where they mean the same: a row is a flag. */
import { z } from 'zod';
import { durationText, parseDuration } from '../api/duration.js';
import { text as nonEmpty } from '../api/field.js';
import { readLabelSelector } from '../api/label-selector.js';
import { type TimeoutName, timeouts } from '../api/timeouts.js';

const text = nonEmpty();
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'not a whole number')
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));
export const yesOrNo = z.enum(['true', 'false']).transform((value) => value === 'true');
/** 0 is off. */
const rate = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/, 'not a number of requests a second')
  .transform(Number);
const duration = z.string().transform((value, context) => {
  const milliseconds = parseDuration(value);
  if (milliseconds === undefined) context.addIssue({ code: 'custom', message: `not ${durationText}` });
  return milliseconds ?? 0;
});
const labelSelector = z.string().transform((value, context) => {
  if (value.trim() === '') return undefined;
  const read = readLabelSelector(value);
  if (!('fault' in read)) return { text: value.trim(), requirements: read };
  context.addIssue({ code: 'custom', message: read.fault });
  return z.NEVER;
});
const buckets = list.transform((bounds) => bounds.map(Number)).refine(isAscending, 'not numbers above 0 that grow');
/** What a metric or a label of Prometheus may be called; dashes become underscores. */
const metricNames = list.refine(
  (names) => names.every((name) => /^[a-zA-Z_][\w-]*$/.test(name)),
  'not names of labels',
);
const durationFrom = (minimumSeconds: number) =>
  duration.pipe(z.number().min(minimumSeconds * 1_000, `shorter than ${minimumSeconds} s`));
const bindAddress = text.regex(/^.*:\d{1,5}$|^0$/, 'not an address such as :8080, nor 0');
const httpsUrl = z.url({ protocol: /^https$/ });

function isAscending(numbers: readonly number[]): boolean {
  return numbers.length > 0 && numbers.every((number, index) => number > (numbers[index - 1] ?? 0));
}

interface Flag<Type extends z.ZodType> {
  readonly type: Type;
  /** As it would be written; left out: the value is undefined unless given. */
  readonly default?: string;
  readonly help: string;
}

function flag<Type extends z.ZodType>(type: Type, help: string, defaultText?: string): Flag<Type> {
  return defaultText === undefined ? { type, help } : { type, help, default: defaultText };
}

function timeoutFlag(name: TimeoutName): Flag<typeof duration> {
  return flag(duration, `${timeouts[name].help}; an application may say otherwise`, timeouts[name].default);
}

export const flags = {
  kubeconfig: flag(
    text.optional(),
    'kubeconfig of the cluster; default KUBECONFIG, the service account of the pod, ~/.kube/config',
  ),
  namespaces: flag(list, 'namespaces whose applications are run, with commas between; default all', ''),
  'namespace-selector': flag(
    labelSelector,
    'label selector of further namespaces, such as spark=enabled, followed live; without --namespaces of all of them',
    '',
  ),
  'kube-api-qps': flag(rate, 'requests a second to the API server, leases apart; 0: as many as it takes', '0'),
  'kube-api-burst': flag(wholeNumber(1, 1_000_000), 'so many of them at once, where --kube-api-qps is set', '30'),
  'log-level': flag(z.enum(['debug', 'info', 'warn', 'error', 'silent']), 'debug, info, warn, error or silent', 'info'),
  'controller-threads': flag(wholeNumber(1, 1_000), 'applications whose pods are followed at one time', '10'),
  'max-concurrent-submissions': flag(wholeNumber(1, 1_000), 'applications submitted at one time', '10'),
  'max-concurrent-submissions-per-namespace': flag(
    wholeNumber(0, 1_000),
    'the same in one namespace; 0: no limit of its own',
    '0',
  ),
  'max-tracked-executor-per-app': flag(wholeNumber(0, 100_000), 'executors whose states are kept one by one', '1000'),
  'max-infrastructure-retries': flag(
    wholeNumber(0, 1_000_000),
    'runs of an application that the cluster may end before it has failed (restart policy OnFailure)',
    '10',
  ),
  [timeouts.scheduling.name]: timeoutFlag('scheduling'),
  [timeouts['container creation'].name]: timeoutFlag('container creation'),
  [timeouts['image pull'].name]: timeoutFlag('image pull'),
  [timeouts['init containers'].name]: timeoutFlag('init containers'),
  [timeouts.termination.name]: timeoutFlag('termination'),
  [timeouts.sidecars.name]: timeoutFlag('sidecars'),
  [timeouts.submission.name]: timeoutFlag('submission'),
  [timeouts['submission pod'].name]: timeoutFlag('submission pod'),
  'max-similar-events': flag(
    wholeNumber(1, 10_000),
    'different events of one reason about one application within ten minutes, beyond which one speaks for the rest',
    '10',
  ),
  'submission-pod-service-account': flag(
    text.optional(),
    "service account of pods in which spark-submit runs; default the driver's",
  ),
  'leader-election': flag(yesOrNo, 'work only while holding the lease', 'false'),
  'leader-election-lock-name': flag(text, 'name of the lease', 'firesteel-reconciler'),
  'leader-election-lock-namespace': flag(
    text.optional(),
    'namespace of the lease; default that of the pod, else default',
  ),
  'pod-mutation': flag(
    z.enum(['webhook', 'template']),
    'who gives pods their features: the webhook, or the reconciler where webhooks are not allowed (template)',
    'webhook',
  ),
  'metrics-bind-address': flag(bindAddress, 'address of /metrics of the reconciler, such as :8080; 0: none', '0'),
  'enable-metrics': flag(yesOrNo, 'whether there is anything at that address', 'true'),
  'metrics-endpoint': flag(
    text.regex(/^\/[\w/.-]*$/, 'not a path'),
    'path of the metrics of the reconciler',
    '/metrics',
  ),
  'metrics-prefix': flag(
    z.string().regex(/^([a-zA-Z_][\w-]*)?$/, 'not the beginning of a name'),
    'what the names of its metrics begin with',
    '',
  ),
  'metrics-labels': flag(
    metricNames,
    'labels of applications by which metrics are told apart; namespace, without such a label, is the namespace',
    '',
  ),
  'metrics-job-submit-latency-buckets': flag(
    buckets,
    'upper bounds of the histogram of submissions, in seconds',
    '0.5,1,2,4,8,16,32,64,128,256',
  ),
  'metrics-job-start-latency-buckets': flag(
    buckets,
    'upper bounds of the histogram of starts, in seconds',
    '30,60,90,120,150,180,210,240,270,300',
  ),
  'webhook-port': flag(wholeNumber(0, 65_535), 'port of the admission server', '9443'),
  'webhook-url': flag(httpsUrl.optional(), 'register the webhook by this URL instead of expecting a registration'),
  'mutating-webhook-name': flag(text, 'name of the MutatingWebhookConfiguration', 'firesteel-webhook'),
  'webhook-secret-name': flag(text, 'Secret that holds the certificate authority', 'firesteel-webhook-ca'),
  'webhook-secret-namespace': flag(text.optional(), 'its namespace; default that of the pod, else default'),
  'webhook-svc-name': flag(text, 'Service in front of the webhook', 'firesteel-webhook'),
  'webhook-svc-namespace': flag(text.optional(), 'its namespace; default that of the pod, else default'),
  'webhook-bind-address': flag(text, 'address on which the admission server listens; :: for IPv6, too', '0.0.0.0'),
  'webhook-leaf-lifetime': flag(
    durationFrom(10),
    'how long a certificate of the webhook is valid; it is renewed at two thirds',
    '168h',
  ),
  'webhook-ca-lifetime': flag(
    durationFrom(60),
    'how long its certificate authority is valid; the next one takes over at two thirds',
    '8760h',
  ),
  'webhook-ca-overlap': flag(
    duration,
    'how long every registration must have had a new certificate authority before it is relied on',
    '60s',
  ),
  'webhook-drain-delay': flag(
    duration,
    'how long a webhook that was asked to end serves as before, so that the endpoints of the Service lose it',
    '3s',
  ),
  'tls-cert-file': flag(text.optional(), 'certificate of the webhook, instead of one of its own authority'),
  'tls-key-file': flag(text.optional(), 'its private key'),
  'tls-ca-file': flag(
    text.optional(),
    'its authority, written into the registration; default: somebody else does that',
  ),
  'health-probe-bind-address': flag(
    bindAddress,
    'address of /healthz, and for the webhook of /readyz and /metrics, such as :8081; 0: none',
    '0',
  ),
  namespace: flag(text, 'namespace of manifests that name none', 'default'),
  application: flag(text.optional(), 'tag the pod first, as for the application in this file'),
  port: flag(wholeNumber(0, 65_535), 'port of the sandbox on 127.0.0.1; 0: any that is free', '0'),
  'write-kubeconfig': flag(
    text.optional(),
    'file for the kubeconfig of the sandbox; default one in a temporary folder',
  ),
  keep: flag(yesOrNo, 'stay up at the end, for kubectl', 'false'),
  check: flag(yesOrNo, 'say what becomes of each application and setting; changes nothing', 'false'),
  patch: flag(yesOrNo, 'print the JSON patch instead of the pod', 'false'),
};
