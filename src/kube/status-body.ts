/** Reads the body of a failed answer: a Kubernetes `Status`, or whatever a proxy put in its place. */
import { z } from 'zod';
import type { StatusBody } from './api-error.js';

const text = z.string().optional().catch(undefined);
const number = z.number().optional().catch(undefined);

/** Tolerant: a part that is not as Kubernetes documents it counts as missing. */
export const statusSchema = z.object({
  message: text,
  reason: text,
  code: number,
  details: z
    .object({
      causes: z
        .array(z.object({ field: text, message: text, reason: text }))
        .optional()
        .catch(undefined),
      retryAfterSeconds: number,
    })
    .optional()
    .catch(undefined),
});

/** The Status in `body`; where there is none, its beginning is the message. */
export function parseStatusBody(body: string): StatusBody {
  try {
    const parsed = statusSchema.safeParse(JSON.parse(body));
    if (parsed.success) return parsed.data;
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
  }
  const beginning = body.trim().slice(0, 300).replaceAll(/\s+/g, ' ');
  return beginning === '' ? {} : { message: beginning };
}
