/** What came of a run, told so that runs on two API servers can be compared: ids that a server or a draw has made are numbers. */
import { statusOf } from './ledger.js';
import type { World } from './world.js';

export interface RunAccount {
  readonly broken: string | undefined;
  /** In the order in which they were made. */
  readonly applications: readonly ApplicationOutcome[];
  /** Kind and name of every object that is there at the end. */
  readonly left: readonly string[];
}

interface ApplicationOutcome {
  readonly states: readonly string[];
  readonly errorMessage: string;
  readonly isGone: boolean;
  readonly wasOrphaned: boolean;
  readonly driversStarted: number;
  readonly executionAttempts: number;
  readonly submissionAttempts: number;
  readonly infrastructureFailures: number;
  readonly executorCounts: Readonly<Record<string, number>>;
}

/** Kept for others to read, or for as long as Kubernetes likes: they say nothing of how the run went. */
const bystanders: ReadonlySet<string> = new Set(['Event', 'Lease']);

export function accountOf({ broken, ledger, api }: World): RunAccount {
  const numbers = new Map<string, number>();
  const withoutIds = (text: string) => text.replaceAll(ids, (id) => `#${numberOf(numbers, id)}`);
  const applications = [...ledger.applications.values()].map(({ object, states, isGone, wasOrphaned, started }) => {
    const status = statusOf(object);
    return {
      states,
      errorMessage: withoutIds(status.applicationState?.errorMessage ?? ''),
      isGone,
      wasOrphaned,
      driversStarted: started.length,
      executionAttempts: status.executionAttempts ?? 0,
      submissionAttempts: status.submissionAttempts ?? 0,
      infrastructureFailures: status.infrastructureFailures ?? 0,
      executorCounts: status.executorCounts ?? {},
    };
  });
  const left = [...api.objects.values()]
    .filter(({ kind = '' }) => !bystanders.has(kind))
    .map(({ kind, metadata }) => `${kind} ${metadata.name.replaceAll(ids, '#')}`);
  return { broken: broken && `${broken.invariant}: ${broken.detail}`, applications, left: left.sort() };
}

/** Uids of the model and of a real API server, and ids drawn for submissions. */
const ids = /uid-\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{16}\b/gu;

function numberOf(numbers: Map<string, number>, id: string): number {
  const known = numbers.get(id) ?? numbers.size + 1;
  numbers.set(id, known);
  return known;
}
