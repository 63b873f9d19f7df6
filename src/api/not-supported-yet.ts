/**
 * The fields whose effect does not exist yet. A value that asks for something is refused with its path rather than ignored;
 * one that asks for nothing passes. A feature that arrives takes its row away.
 */
import { type Problem, problemAt } from './problem.js';
import type { SparkApplicationSpec } from './spark-application-spec.js';

export const notSupportedYet = 'not supported yet';

/** One field, and whether its value asks for something. */
interface Row {
  readonly field: string;
  readonly asks: (spec: SparkApplicationSpec) => boolean;
}

function row<Field extends keyof SparkApplicationSpec & string>(
  field: Field,
  asks: (value: NonNullable<SparkApplicationSpec[Field]>) => boolean = () => true,
): Row {
  return {
    field,
    asks: (spec) => {
      const value = spec[field];
      return value !== undefined && value !== null && asks(value);
    },
  };
}

const isTrue = (value: boolean) => value;
const isNotEmpty = (value: object) => Object.keys(value).length > 0;

const rows: readonly Row[] = [
  row('batchScheduler'),
  row('batchSchedulerOptions', isNotEmpty),
  row('sparkUIOptions', isNotEmpty),
  row('driverIngressOptions', isNotEmpty),
  row('driverPodDisruptionBudget', isTrue),
];

/** Names of all of them. */
export const unsupportedFields: readonly string[] = rows.map(({ field }) => field);

export function unsupportedProblems(spec: SparkApplicationSpec): Problem[] {
  return rows.filter(({ asks }) => asks(spec)).map(({ field }) => problemAt(['spec', field], notSupportedYet));
}
