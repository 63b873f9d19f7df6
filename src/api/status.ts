/**
 * The status of a SparkApplication: the peer's fields under the peer's names, and what the submission protocol must
 * remember across a crash. It is read tolerantly: what an older or newer version wrote never makes an object unreadable.
 */
import { z } from 'zod';
import { quickCheck } from '../quick-check.js';

export const applicationStates = [
  '',
  'SUBMITTED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'SUBMISSION_FAILED',
  'PENDING_RERUN',
  'INVALIDATING',
  'SUCCEEDING',
  'FAILING',
  'SUSPENDING',
  'SUSPENDED',
  'RESUMING',
  'UNKNOWN',
] as const;

export type ApplicationState = (typeof applicationStates)[number];

export const podStates = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'UNKNOWN'] as const;

/** State of a driver or an executor. */
export type PodState = (typeof podStates)[number];

/** A field that can not be read counts as absent; the others still count. */
const tolerant = <Type extends z.ZodType>(type: Type) => type.nullish().catch(undefined);

const statesTo = <Type extends z.ZodType>(type: Type) => z.partialRecord(z.enum(podStates), type);
const message = () => tolerant(z.string());
const time = () => tolerant(z.string());
const counter = () => tolerant(z.int());

export const sparkApplicationStatus = z.looseObject({
  applicationState: tolerant(
    z.looseObject({
      // Any text: a state that a newer version wrote must be told apart from all of ours.
      state: z.string().describe('SUBMITTED, RUNNING, COMPLETED, FAILED …'),
      errorMessage: message().describe('Why the application failed, or what it waits for.'),
    }),
  ).describe('How the application stands.'),
  sparkApplicationId: message().describe("Spark's own id of the run: the label spark-app-selector."),
  submissionID: message().describe('Id of the latest submission; names and ids of its objects derive from it.'),
  lastSubmissionAttemptTime: time().describe('When the latest submission was begun.'),
  terminationTime: time().describe('When the application was seen to have ended.'),
  submissionAttempts: counter().describe('Submissions begun.'),
  executionAttempts: counter().describe('Submissions whose driver was created.'),
  infrastructureFailures: counter().describe("Runs that the cluster ended: no fault of the application's."),
  driverInfo: tolerant(
    z.looseObject({
      podName: message().describe('Name of the driver pod.'),
      podUid: message().describe('The one pod that may run this submission; written before it can start.'),
    }),
  ).describe('The driver of the latest submission.'),
  submission: tolerant(
    z.looseObject({
      specHash: z.string().describe('Digest of the spec that was submitted.'),
      renderer: z.string().describe('Version of the code that made the objects.'),
      configMapId: message().describe(
        'Id in the name of the ConfigMap that the claimed pod mounts: of the driver, or of the submission pod.',
      ),
      replacedPods: tolerant(z.array(z.string())).describe(
        'Pods that earlier submissions had under other names: they must be gone first.',
      ),
      submitter: message().describe('`pod`: spark-submit in a pod makes the driver; else the operator does.'),
      submissionPodUid: message().describe('The one pod in which spark-submit may run; written before it can start.'),
      waitingSince: time().describe('Since when the submission waits for something that the cluster lacks.'),
    }),
  ).describe('What the latest submission was made from.'),
  executorState: tolerant(z.record(z.string(), z.enum(podStates).catch('UNKNOWN'))).describe(
    'State of each executor pod by name, up to a limit.',
  ),
  executorCounts: tolerant(statesTo(z.int())).describe(
    'Executors of the run by state, those beyond the limit included.',
  ),
  untrackedExecutors: tolerant(
    z.looseObject({
      byState: tolerant(statesTo(z.string())).describe('Numbers of the executors by state: 1001-1500,1503.'),
      settledUpTo: counter().describe('Of those up to this number that are gone only the count is kept.'),
      settled: tolerant(statesTo(z.int())).describe('How many those are by state.'),
    }),
  ).describe('Executors beyond the limit.'),
  observedGeneration: counter().describe('Generation of the spec that this status speaks of.'),
});

export type SparkApplicationStatus = z.infer<typeof sparkApplicationStatus>;

const isStatus = quickCheck(sparkApplicationStatus);

/** What can not be read of a status counts as absent. */
export function readStatus(status: unknown): SparkApplicationStatus {
  if (isStatus(status)) return status;
  const parsed = sparkApplicationStatus.safeParse(status ?? {});
  return parsed.success ? parsed.data : {};
}

/** Time as Kubernetes writes it: RFC 3339 in whole seconds. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `Date.parse` alone would make a date of many a text. */
const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch, or undefined for no or an unreadable time. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (!rfc3339.test(text ?? '')) return undefined;
  const milliseconds = Date.parse(text ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** `errorMessage` is bounded: the start says what, the end holds the last words. Measured in UTF-8 bytes. */
export const maximumMessageBytes = 2_048;

export function boundMessage(message: string): string {
  // Half a surrogate pair would come back from the API server as another text than was sent.
  if (Buffer.byteLength(message) <= maximumMessageBytes) return Buffer.from(message).toString();
  const gap = ' … ';
  const half = Math.floor((maximumMessageBytes - Buffer.byteLength(gap)) / 2);
  return `${utf8Slice(message, 0, half)}${gap}${utf8Slice(message, -half)}`;
}

/** Like `Buffer.subarray` on the UTF-8 of `text`, without half characters at the ends. */
function utf8Slice(text: string, start: number, end?: number): string {
  const decoded = new TextDecoder().decode(Buffer.from(text).subarray(start, end));
  return decoded.replace(/^\uFFFD+|\uFFFD+$/gu, '');
}
