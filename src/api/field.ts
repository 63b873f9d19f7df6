/** Building blocks of the schemas: zod types that also say how the field looks in the CRD. */
import { z } from 'zod';

/** The words by which a field is refused whose effect does not exist yet. */
export const notSupportedYet = 'not supported yet';

/**
 * A field of the API whose effect does not exist yet. Any value is refused with its path; only one that asks for nothing
 * (`neutral`) passes. In the CRD it is kept as it is, so that it is refused in words instead of being pruned in silence.
 */
export function later(neutral: (value: unknown) => boolean = () => false) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined && value !== null && !neutral(value)) {
        context.addIssue({ code: 'custom', message: notSupportedYet });
      }
    })
    .optional()
    .meta({ 'x-kubernetes-preserve-unknown-fields': true, description: `Accepted by the peer; ${notSupportedYet}.` });
}

const maximumInt32 = 2 ** 31 - 1;

export function int32(minimum: number) {
  return z.int().min(minimum).max(maximumInt32).meta({ format: 'int32' });
}

/**
 * Text that is not empty. Not `z.string().min(1)`: that asks even what is no string for its length, and throws when the
 * answer is an object such as `{"toString": 1}`.
 */
export function text(maximumLength?: number) {
  const notEmpty = z.string().refine((value) => value !== '', 'must not be empty');
  if (maximumLength === undefined) return notEmpty.meta({ minLength: 1 });
  return notEmpty
    .refine((value) => value.length <= maximumLength, `must not be longer than ${maximumLength} characters`)
    .meta({ minLength: 1, maxLength: maximumLength });
}

/** Label-like maps: string to string. */
export const stringMap = () => z.record(z.string(), z.string());

/**
 * An object of a Kubernetes type of which only the parts named here are read; the rest is handed on as it is, and the API
 * server checks it with the pod.
 */
export function kubernetesType<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.looseObject(shape);
}
