/**
 * Every way from one state of an application to another, as data. The tests of decisions and those on an API server reach each
 * row; docs/architecture.md shows the rows as a table and as a diagram, and a test keeps them equal.
 */
import type { ApplicationState } from '../../src/api/status.js';

/** What an application comes to: another state, or its own deletion. */
export type Destination = Exclude<ApplicationState, ''> | 'deleted';

interface Transition {
  /** `''`: an application that nobody has looked at. */
  readonly from: readonly ApplicationState[];
  readonly to: Destination;
  /** What must be so, as the docs say it. */
  readonly when: string;
}

/** States in which a driver is followed. */
const followed = ['SUBMITTED', 'RUNNING', 'UNKNOWN'] as const;
/** States that lead to a submission. */
const beforeSubmission = ['PENDING_RERUN', 'INVALIDATING', 'SUSPENDED', 'RESUMING'] as const;
/** From a submission to what follows the end of its run. */
const underWay = [...followed, 'SUCCEEDING', 'FAILING', 'SUBMISSION_FAILED', 'PENDING_RERUN'] as const;

export const transitions = {
  'taken up': { from: [''], to: 'SUBMITTED', when: 'the intent to submit is written' },
  'submitted again': {
    from: ['SUBMISSION_FAILED'],
    to: 'SUBMITTED',
    when: 'the time of the next try has come, and the old pods are gone',
  },
  'run again': { from: ['PENDING_RERUN', 'INVALIDATING'], to: 'SUBMITTED', when: 'the old pods are gone' },
  resumed: {
    from: ['SUSPENDED', 'RESUMING'],
    to: 'SUBMITTED',
    when: '`suspend` is taken back (RESUMING is passed through)',
  },
  invalid: {
    from: ['', 'SUBMITTED', ...beforeSubmission],
    to: 'FAILED',
    when: 'the application breaks a rule; after its submission an annotation, of a driver not yet claimed',
  },
  'refused, tries left': {
    from: ['', 'SUBMITTED', ...beforeSubmission],
    to: 'SUBMISSION_FAILED',
    when: 'Spark or the API server refuses the submission for good, or spark-submit fails; the policy allows another try',
  },
  'refused, none left': {
    from: ['', 'SUBMITTED', 'SUBMISSION_FAILED', ...beforeSubmission],
    to: 'FAILED',
    when: 'the same, and it allows none',
  },
  'waited in vain, tries left': {
    from: ['SUBMITTED'],
    to: 'SUBMISSION_FAILED',
    when: 'what the submission waits for does not come within its timeout; the policy allows another try',
  },
  'waited in vain, none left': { from: ['SUBMITTED'], to: 'FAILED', when: 'the same, and it allows none' },
  'driver runs': { from: ['SUBMITTED', 'UNKNOWN'], to: 'RUNNING', when: 'the driver pod is Running' },
  'driver unheard of': {
    from: ['SUBMITTED', 'RUNNING'],
    to: 'UNKNOWN',
    when: 'the phase of the driver pod is Unknown: its node does not answer',
  },
  'driver ended well': {
    from: [...followed, 'SUCCEEDING'],
    to: 'COMPLETED',
    when: 'the Spark container ended with 0 (SUCCEEDING is passed through)',
  },
  'driver ended well, Always': {
    from: [...followed, 'SUCCEEDING'],
    to: 'PENDING_RERUN',
    when: 'the same, with restart policy `Always`',
  },
  'driver failed, tries left': {
    from: followed,
    to: 'FAILING',
    when: 'the Spark container ended with another code; the policy allows another run',
  },
  'driver failed, none left': { from: followed, to: 'FAILED', when: 'the same, and it allows none' },
  'driver lost, tries left': {
    from: followed,
    to: 'FAILING',
    when: 'the driver pod is gone, and nobody saw it end; the policy allows another run',
  },
  'driver lost, none left': { from: followed, to: 'FAILED', when: 'the same, and it allows none' },
  'driver given up, tries left': {
    from: followed,
    to: 'FAILING',
    when: 'the driver does not start, end or answer within its timeout; the policy allows another run',
  },
  'driver given up, none left': { from: followed, to: 'FAILED', when: 'the same, and it allows none' },
  due: { from: ['FAILING'], to: 'PENDING_RERUN', when: 'the time of the next run has come' },
  'no tries left': {
    from: ['FAILING', 'SUBMISSION_FAILED'],
    to: 'FAILED',
    when: 'no other try is allowed any more: settings or annotations changed, or another operator left the state',
  },
  'old pods stay': {
    from: ['SUBMISSION_FAILED', 'SUSPENDING', ...beforeSubmission],
    to: 'FAILED',
    when: 'the old pods do not go within `--driver-termination-timeout`',
  },
  'spec changed': {
    from: [...underWay, 'COMPLETED', 'FAILED'],
    to: 'INVALIDATING',
    when: 'the spec is another one than was submitted',
  },
  suspended: {
    from: ['', ...underWay, 'INVALIDATING', 'RESUMING'],
    to: 'SUSPENDING',
    when: '`suspend` is true, and the driver has not ended well',
  },
  stopped: { from: ['SUSPENDING'], to: 'SUSPENDED', when: 'the old pods are gone' },
  expired: { from: ['COMPLETED', 'FAILED'], to: 'deleted', when: 'the time to live is over' },
} as const satisfies Readonly<Record<string, Transition>>;

export type TransitionName = keyof typeof transitions;

/** One state of a row and where it leads. */
export interface Step {
  readonly name: TransitionName;
  readonly from: ApplicationState;
  readonly to: Destination;
}

const names = Object.keys(transitions) as TransitionName[];

/** Every row with each of its states. */
export const steps: readonly Step[] = names.flatMap((name) => {
  const { from, to } = transitions[name];
  return from.map((state) => ({ name, from: state, to }));
});

/** Whether a row leads from the one to the other; to stay is none. */
export function leads(from: string, to: string): boolean {
  return steps.some((step) => step.from === from && step.to === to);
}
