/** What is wrong with an object: where, and in words. */
export interface Problem {
  /** Such as `spec.driver.cores`; empty for the object as a whole. */
  readonly path: string;
  readonly message: string;
}

export function problemAt(path: readonly PropertyKey[], message: string): Problem {
  return { path: formatPath(path), message };
}

/** `spec.volumes[0].name`, `spec.sparkConf["spark.master"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    const name = String(segment);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** The way back: `['spec', 'volumes', 0, 'name']`. */
export function pathSegments(path: string): PropertyKey[] {
  const segments = path.matchAll(/\.?([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]/g);
  return [...segments].map(
    ([, name, index, quoted]) => name ?? (index === undefined ? unquoted(quoted) : Number(index)),
  );
}

function unquoted(text = '""'): string {
  const name: unknown = JSON.parse(text);
  return String(name);
}

/** `spec.image: required`; what is wrong with the whole object has no path. */
export function describeProblem({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`;
}

const maximumProblems = 10;

/** All problems in one line, for a status or a log. */
export function describeProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, maximumProblems).map(describeProblem);
  if (problems.length > maximumProblems) shown.push(`and ${problems.length - maximumProblems} more`);
  return shown.join('; ');
}
