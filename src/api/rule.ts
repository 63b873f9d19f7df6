/**
 * What types cannot say, told twice: in CEL for the CRD, where it is checked at `kubectl apply`, and in TypeScript for
 * everything that runs without an API server. Tests on a real API server hold the two against each other. What is stored
 * already is not held against a change of something else (Kubernetes: "Validation ratcheting"): rules compare with `oldSelf`.
 */
import { isDeepStrictEqual } from 'node:util';
import { formatPath, type Problem } from './problem.js';

export interface Rule<Value> {
  /**
   * CEL; `self` is the value. Fields that a stored object may lack must be asked for with `has`, those that the schema requires
   * too: a condition that can not be evaluated refuses every write.
   */
  readonly cel: string;
  /** What to write instead. */
  readonly message: string;
  /** The field of the value that is wrong; empty: the value itself. */
  readonly field: readonly string[];
  readonly holds: (value: Value) => boolean;
  /** Whether what is stored already lets the value pass all the same. */
  readonly passes: (value: Value, old: Value) => boolean;
}

type RuleText<Value> = Pick<Rule<Value>, 'cel' | 'holds' | 'message'> & Partial<Rule<Value>>;

/** A rule about a whole value: it is asked again when anything of the value changes. */
export function rule<Value>(text: RuleText<Value>): Rule<Value> {
  return { field: [], passes: () => false, ...text };
}

/**
 * A rule about some of many fields: what is stored and breaks it may go on breaking it. CEL does not bound the size of
 * `oldSelf`, so that only cheap conditions stay within its budget.
 */
export function standingRule<Value>({
  cel,
  ...text
}: Omit<RuleText<Value>, 'cel'> & { cel: (self: string) => string }): Rule<Value> {
  const whole = `(${cel('self')}) || (oldSelf.hasValue() && !(${cel('oldSelf.value()')}))`;
  return rule({ ...text, cel: whole, passes: (_, old) => !text.holds(old) });
}

type Entries = Readonly<Record<string, string>>;

/** A rule about a map: it may not have this key, unless it is stored with it. */
export function withoutKey(key: string, message: string): Rule<Entries> {
  return standingRule({
    cel: (self) => `!('${key}' in ${self})`,
    holds: (entries) => !Object.hasOwn(entries, key),
    message,
    field: [key],
  });
}

/** A rule about a map: no key may begin so, unless it is stored. */
export function withoutPrefix(prefix: string, message: string): Rule<Entries> {
  const begins = (key: string) => key.startsWith(prefix);
  return rule({
    cel: `!self.exists(key, key.startsWith('${prefix}') && !(oldSelf.hasValue() && key in oldSelf.value()))`,
    holds: (entries) => !Object.keys(entries).some(begins),
    passes: (entries, old) => Object.keys(entries).every((key) => !begins(key) || Object.hasOwn(old, key)),
    message,
  });
}

/** Rules about the values at one place of an object. */
export interface RuledPlace<Whole> {
  /** In the schema; `*` for the items of a list. */
  readonly at: readonly string[];
  readonly rules: readonly Pick<Rule<never>, 'cel' | 'message' | 'field'>[];
  readonly problems: (whole: Whole, given?: Given<Whole>) => Problem[];
}

export interface Given<Whole> {
  /** The CEL of the rules that count, such as those of an installed CRD; default all. */
  readonly asked?: ReadonlySet<string>;
  /** The stored object. */
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
    .filter(({ holds, passes }) => !holds(value) && !(before !== undefined && passes(value, before.value)))
    .map(({ field, message }) => ({ path: formatPath([...path, ...field]), message }));
}

/** A place of at most one value. */
export function single<Value>(path: readonly string[], value: Value | undefined): readonly Placed<Value>[] {
  return value === undefined ? [] : [{ path, value }];
}
