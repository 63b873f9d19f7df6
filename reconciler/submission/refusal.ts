/** How a configuration is refused: in the words of the user's own keys, with the reason that spark-submit would give. */
import { FiresteelError } from '../../src/errors.js';

export function refused(message: string, cause?: unknown): FiresteelError {
  return new FiresteelError('SUBMISSION_REFUSED', message, cause === undefined ? undefined : { cause });
}

/** `KEY=VALUE: why`. Not for keys whose values are secret. */
export function refusedValue(key: string, value: string, why: string): FiresteelError {
  return refused(`${key}=${value}: ${why}`);
}
