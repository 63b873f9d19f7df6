/** What is wrong with an object: where, and in words. */
export interface Problem {
  /** Such as `spec.driver.cores`. */
  readonly path: string;
  readonly message: string;
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

const maximumProblems = 10;

/** All problems in one line, for a status or a log. */
export function describeProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, maximumProblems).map(({ path, message }) => `${path}: ${message}`);
  if (problems.length > maximumProblems) shown.push(`and ${problems.length - maximumProblems} more`);
  return shown.join('; ');
}
