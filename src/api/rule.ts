/**
 * What types cannot say, told twice: in CEL for the CRD, where it is checked at `kubectl apply`, and in TypeScript for
 * everything that runs without an API server. Tests on a real API server hold the two against each other.
 */
import { isDeepStrictEqual } from 'node:util';
import { formatPath, type Problem } from './problem.js';

export interface Rule<Value> {
  /** CEL; `self` is the value. */
  readonly cel: string;
  readonly holds: (value: Value) => boolean;
  /** What to write instead. */
  readonly message: string;
  /** The field of the value that is wrong; left out: the value itself. */
  readonly field?: readonly string[];
  /** Of rules whose CEL knows `oldSelf`: whether what is stored already lets the value pass. */
  readonly passes?: (old: Value, value: Value) => boolean;
}

/** Rules about the values at one place of an object. */
export interface RuledPlace<Whole> {
  /** In the schema; `*` for the items of a list. */
  readonly at: readonly string[];
  readonly rules: readonly Omit<Rule<never>, 'holds'>[];
  readonly problems: (whole: Whole, given?: Given<Whole>) => Problem[];
}

export interface Given<Whole> {
  /** The CEL of the rules that count, such as those of an installed CRD; default all. */
  readonly asked?: ReadonlySet<string>;
  /** The stored object: what stays as it is there is not held against a change (Kubernetes: "Validation ratcheting"). */
  readonly old?: Whole;
}

interface Placed<Value> {
  readonly path: readonly PropertyKey[];
  readonly value: Value;
  /** What must stay as it is for the value to count as unchanged; default the value. */
  readonly unit?: unknown;
}

/** @param values what there is to check in an object */
export function place<Whole, Value>(
  at: readonly string[],
  rules: readonly Rule<Value>[],
  values: (whole: Whole) => readonly Placed<Value>[],
): RuledPlace<Whole> {
  return {
    at,
    rules,
    problems: (whole, { asked, old } = {}) => {
      const counting = rules.filter(({ cel }) => asked?.has(cel) ?? true);
      const before = new Map(old === undefined ? [] : values(old).map((placed) => [formatPath(placed.path), placed]));
      return values(whole).flatMap((placed) => problemsOf(placed, before.get(formatPath(placed.path)), counting));
    },
  };
}

function problemsOf<Value>(
  { path, value, unit = value }: Placed<Value>,
  before: Placed<Value> | undefined,
  rules: readonly Rule<Value>[],
): Problem[] {
  if (before !== undefined && isDeepStrictEqual(before.unit ?? before.value, unit)) return [];
  return rules
    .filter(({ holds, passes }) => !holds(value) && !(before !== undefined && passes?.(before.value, value)))
    .map(({ field = [], message }) => ({ path: formatPath([...path, ...field]), message }));
}

/** A place of at most one value. */
export function single<Value>(path: readonly string[], value: Value | undefined): readonly Placed<Value>[] {
  return value === undefined ? [] : [{ path, value }];
}
