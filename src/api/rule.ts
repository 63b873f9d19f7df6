/**
 * What types cannot say, told twice: in CEL for the CRD, where it is checked at `kubectl apply`, and in TypeScript for
 * everything that runs without an API server. A test on a real API server holds the two against each other.
 */
import { formatPath, type Problem } from './problem.js';

export interface Rule<Value> {
  /** CEL; `self` is the value. */
  readonly cel: string;
  readonly holds: (value: Value) => boolean;
  /** What to write instead. */
  readonly message: string;
  /** The field of the value that is wrong; left out: the value itself. */
  readonly field?: readonly string[];
}

/** Rules about the values at one place of an object. */
export interface RuledPlace<Whole> {
  /** In the schema; `*` for the items of a list. */
  readonly at: readonly string[];
  readonly rules: readonly Omit<Rule<never>, 'holds'>[];
  readonly problems: (whole: Whole, asked?: ReadonlySet<string>) => Problem[];
}

type Placed<Value> = readonly [path: readonly PropertyKey[], value: Value];

/** @param values what there is to check in an object, each with its path */
export function place<Whole, Value>(
  at: readonly string[],
  rules: readonly Rule<Value>[],
  values: (whole: Whole) => Iterable<Placed<Value>>,
): RuledPlace<Whole> {
  return {
    at,
    rules,
    problems: (whole, asked) => {
      const counting = rules.filter(({ cel }) => asked?.has(cel) ?? true);
      return [...values(whole)].flatMap(([path, value]) =>
        counting
          .filter(({ holds }) => !holds(value))
          .map(({ field = [], message }) => ({ path: formatPath([...path, ...field]), message })),
      );
    },
  };
}

/** A place of at most one value. */
export function single<Value>(path: readonly string[], value: Value | undefined): readonly Placed<Value>[] {
  return value === undefined ? [] : [[path, value]];
}
