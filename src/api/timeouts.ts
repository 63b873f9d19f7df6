/**
 * How long an application may wait for what, in each of the places where it could wait for ever: one row each, with the flag of
 * the operator and, of the same name, the annotation of a single application. What happens then: docs/operations.md.
 */
import { durationText, parseDuration } from './duration.js';

interface Timeout {
  /** Of the flag; with `sparkoperator.k8s.io/` before it that of the annotation. */
  readonly name: string;
  readonly default: string;
  readonly help: string;
}

export const timeouts = {
  scheduling: {
    name: 'driver-scheduling-timeout',
    default: '6h',
    help: 'how long a driver may wait for a node',
  },
  'container creation': {
    name: 'driver-container-creation-timeout',
    default: '1h',
    help: 'how long the volumes, ConfigMaps, Secrets, image and network of a driver may take, once it has a node',
  },
  'image pull': {
    name: 'driver-image-pull-timeout',
    default: '15m',
    help: 'for how long the pull of an image of a driver may fail',
  },
  'init containers': {
    name: 'driver-init-timeout',
    default: '6h',
    help: 'how long an init container of a driver may run',
  },
  termination: {
    name: 'driver-termination-timeout',
    default: '1h',
    help: 'how long a driver may take to end beyond its grace period, on a lost node say',
  },
  sidecars: {
    name: 'driver-sidecar-timeout',
    default: '5m',
    help: 'how long sidecars of a driver may go on after it has ended, before its pod is deleted',
  },
  submission: {
    name: 'submission-timeout',
    default: '1h',
    help: 'how long a submission may wait for a quota, the webhook or the API server',
  },
  'submission pod': {
    name: 'submission-pod-timeout',
    default: '30m',
    help: 'how long spark-submit may run in a submission pod',
  },
} as const satisfies Readonly<Record<string, Timeout>>;

export type TimeoutName = keyof typeof timeouts;

/** In milliseconds. */
export type Timeouts = Readonly<Record<TimeoutName, number>>;

const names = Object.keys(timeouts) as TimeoutName[];

/** Names of the flags. */
export const timeoutFlags = names.map((name) => timeouts[name].name);

export const timeoutAnnotation = (name: TimeoutName): string => `sparkoperator.k8s.io/${timeouts[name].name}`;

export const timeoutAnnotations: ReadonlySet<string> = new Set(names.map(timeoutAnnotation));

export const timeoutsFrom = (lengthOf: (name: TimeoutName) => number): Timeouts => ({
  scheduling: lengthOf('scheduling'),
  'container creation': lengthOf('container creation'),
  'image pull': lengthOf('image pull'),
  'init containers': lengthOf('init containers'),
  termination: lengthOf('termination'),
  sidecars: lengthOf('sidecars'),
  submission: lengthOf('submission'),
  'submission pod': lengthOf('submission pod'),
});

export const defaultTimeouts: Timeouts = timeoutsFrom((name) => parseDuration(timeouts[name].default) ?? 0);

/** Those of one application; what can not be read counts as not given. */
export function timeoutsOf(annotations: Readonly<Record<string, string>>, operator: Timeouts): Timeouts {
  return timeoutsFrom((name) => parseDuration(annotations[timeoutAnnotation(name)] ?? '') ?? operator[name]);
}

/** Annotations that were meant to be timeouts and can not be read, with what is wrong. */
export function unreadableTimeouts(
  annotations: Readonly<Record<string, string>>,
): [annotation: string, fault: string][] {
  return [...timeoutAnnotations].flatMap((annotation) => {
    const text = annotations[annotation];
    if (text === undefined || parseDuration(text) !== undefined) return [];
    return [[annotation, `${JSON.stringify(text.slice(0, 64))} is not ${durationText}`] as [string, string]];
  });
}
