/** Two hundred applications of all kinds: what each asks for, what its user does to it, and where it must end. */
import { script } from './site.js';

/** What a user does to an application, so many milliseconds after its creation. */
interface UserAction {
  readonly after: number;
  readonly patch?: object;
  readonly deletes?: boolean;
}

export interface Member {
  readonly name: string;
  readonly spec: object;
  readonly actions: readonly UserAction[];
  /** `gone`: deleted with its pods. */
  readonly end: 'COMPLETED' | 'FAILED' | 'SUSPENDED' | 'gone';
  /** How many of its drivers may start, at least and at most. */
  readonly starts: readonly [least: number, most: number];
  /** Counters of the status at its end. */
  readonly counters?: Readonly<Record<string, number>>;
}

type Kind = Omit<Member, 'name'> & { readonly count: number };

const driver = (duration: string, more: Record<string, string> = {}) => ({
  driver: { annotations: script({ duration, ...more }) },
});
const seconds = (count: number) => count * 1_000;

const failureBudget = { type: 'OnFailure', onFailureRetries: 2, onFailureRetryInterval: 2 };
const submissionBudget = { type: 'OnFailure', onSubmissionFailureRetries: 2, onSubmissionFailureRetryInterval: 2 };

const kinds: Readonly<Record<string, Kind>> = {
  short: {
    count: 60,
    spec: driver('300ms'),
    actions: [],
    end: 'COMPLETED',
    starts: [1, 1],
    counters: { executionAttempts: 1 },
  },
  long: {
    count: 20,
    spec: driver('45s'),
    actions: [],
    end: 'COMPLETED',
    starts: [1, 1],
    counters: { executionAttempts: 1 },
  },
  failing: {
    count: 30,
    spec: { ...driver('300ms', { 'exit-code': '3' }), restartPolicy: failureBudget },
    actions: [],
    end: 'FAILED',
    starts: [3, 3],
    counters: { executionAttempts: 3 },
  },
  refused: {
    count: 10,
    spec: { sparkConf: { 'spark.driver.memory': 'lots' }, restartPolicy: submissionBudget },
    actions: [],
    end: 'FAILED',
    starts: [0, 0],
    counters: { submissionAttempts: 3 },
  },
  paused: {
    count: 20,
    spec: driver('15s'),
    actions: [
      { after: seconds(8), patch: { suspend: true } },
      { after: seconds(20), patch: { suspend: false } },
    ],
    end: 'COMPLETED',
    starts: [1, 2],
  },
  held: { count: 10, spec: { ...driver('300ms'), suspend: true }, actions: [], end: 'SUSPENDED', starts: [0, 0] },
  edited: {
    count: 20,
    spec: driver('forever'),
    actions: [{ after: seconds(10), patch: driver('300ms') }],
    end: 'COMPLETED',
    starts: [1, 2],
    counters: { executionAttempts: 1 },
  },
  again: {
    count: 15,
    spec: driver('300ms'),
    actions: [{ after: seconds(15), patch: { arguments: ['again'] } }],
    end: 'COMPLETED',
    starts: [1, 2],
    counters: { executionAttempts: 1 },
  },
  deleted: {
    count: 15,
    spec: driver('forever'),
    actions: [{ after: seconds(12), deletes: true }],
    end: 'gone',
    starts: [0, 1],
  },
};

/** The kinds mixed, so that each goes on all the time. */
export const crowd: readonly Member[] = Object.entries(kinds)
  .flatMap(([kind, { count, ...member }]) =>
    Array.from({ length: count }, (_, index) => ({
      member: { ...member, name: `${kind}-${index}` },
      at: index / count,
    })),
  )
  .sort((a, b) => a.at - b.at)
  .map(({ member }) => member);
