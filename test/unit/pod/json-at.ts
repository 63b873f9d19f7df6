/** Looks into JSON of unknown shape. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (member, key) => (Object.hasOwn(Object(member), key) ? Object(member)[key] : undefined),
    value,
  );
}
