/**
 * The fields whose effect does not exist yet. A value that asks for something is refused with its path rather than ignored;
 * one that asks for nothing passes. A feature that arrives takes its row away.
 */
import { roles } from './labels.js';
import { type Problem, problemAt } from './problem.js';
import type { DriverSpec, ExecutorSpec, SparkApplicationSpec } from './spark-application-spec.js';

export const notSupportedYet = 'not supported yet';

/** One field, and whether its value in `owner` asks for something. */
interface Row<Owner> {
  readonly field: string;
  readonly asks: (owner: Owner) => boolean;
}

function rowsOf<Owner extends object>() {
  return <Field extends keyof Owner & string>(
    field: Field,
    asks: (value: NonNullable<Owner[Field]>) => boolean = () => true,
  ): Row<Owner> => ({
    field,
    asks: (owner) => {
      const value = owner[field];
      return value !== undefined && value !== null && asks(value);
    },
  });
}

const isTrue = (value: boolean) => value;
const isNotEmpty = (value: object) => Object.keys(value).length > 0;

const ofSpec = rowsOf<SparkApplicationSpec>();
const specRows = [
  ofSpec('monitoring'),
  ofSpec('batchScheduler'),
  ofSpec('batchSchedulerOptions', isNotEmpty),
  ofSpec('sparkUIOptions', isNotEmpty),
  ofSpec('driverIngressOptions', isNotEmpty),
  ofSpec('driverPodDisruptionBudget', isTrue),
];

const ofRole = rowsOf<DriverSpec | ExecutorSpec>();
const roleRows = [
  ofRole('memoryLimit'),
  ofRole('gpu'),
  ofRole('envFrom', isNotEmpty),
  ofRole('podSecurityContext'),
  ofRole('securityContext'),
  ofRole('schedulerName'),
  ofRole('sidecars', isNotEmpty),
  ofRole('initContainers', isNotEmpty),
  ofRole('hostNetwork', isTrue),
  ofRole('nodeSelector', isNotEmpty),
  ofRole('dnsConfig'),
  ofRole('terminationGracePeriodSeconds'),
  ofRole('hostAliases', isNotEmpty),
  ofRole('shareProcessNamespace', isTrue),
  ofRole('lifecycle'),
  ofRole('ports', isNotEmpty),
  ofRole('priorityClassName'),
];

/** Names of all of them. */
export const unsupportedFields: readonly string[] = [...specRows, ...roleRows].map(({ field }) => field);

export function unsupportedProblems(spec: SparkApplicationSpec): Problem[] {
  return [
    ...problemsOf(['spec'], spec, specRows),
    ...roles.flatMap((role) => problemsOf(['spec', role], spec[role] ?? {}, roleRows)),
  ];
}

function problemsOf<Owner>(path: readonly string[], owner: Owner, rows: readonly Row<Owner>[]): Problem[] {
  return rows.filter(({ asks }) => asks(owner)).map(({ field }) => problemAt([...path, field], notSupportedYet));
}
