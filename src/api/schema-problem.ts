/** What zod finds, as problems in the words of an API server where it has some, and never with the value itself. */
import type { z } from 'zod';
import { formatPath, type Problem } from './problem.js';

type Issue = z.core.$ZodRawIssue;

/** All numbers of the API are whole. */
const typeWords: Readonly<Record<string, string>> = {
  int: 'integer',
  number: 'integer',
  record: 'object',
  nonoptional: 'object',
};

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

/** For `error` of a zod parse. */
export function schemaMessage(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'required';
      return `must be of type ${typeWords[issue.expected] ?? issue.expected}: "${typeOf(issue.input)}"`;
    case 'invalid_value':
      if (issue.input === undefined) return 'required';
      return `unsupported value; supported values: ${issue.values
        .filter((value) => value !== '')
        .map((value) => JSON.stringify(value))
        .join(', ')}`;
    case 'too_small':
      return `should be greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `should be less than or equal to ${issue.maximum}`;
    default:
      return undefined;
  }
}

export function schemaProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: 'unknown field' }))
      : [{ path: formatPath(issue.path), message: issue.message }],
  );
}
