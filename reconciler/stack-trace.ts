/**
 * Java's stack traces in what is told of a failure: what was thrown and what caused it counts; where in the code that was stands
 * in the log, and would leave no room for anything else.
 */

const frame = /^\s+(?:at \S+\(|\.\.\. \d+ (?:more|common frames omitted))/;

export function withoutStackFrames(text: string): string {
  return text
    .split('\n')
    .filter((line) => !frame.test(line))
    .join('\n')
    .trim();
}
