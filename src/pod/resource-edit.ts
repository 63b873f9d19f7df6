/** Limits of the Spark container. */
import { z } from 'zod';
import { quantity, text } from '../api/field.js';
import { memoryLimitQuantity } from './memory-limit.js';
import type { PodEdit } from './pod-edit.js';
import { formatQuantity, parseQuantity } from './quantity.js';

/** A canonical quantity comes out. */
export const memoryLimit = z
  .union([z.int().min(1), z.string()], 'must be a size such as 4g or a quantity such as 4Gi')
  .transform((value, context) => {
    const canonical = memoryLimitQuantity(String(value));
    if (canonical !== undefined) return canonical;
    context.addIssue({ code: 'custom', message: 'must be a size such as 4g or a quantity such as 4Gi, above zero' });
    return z.NEVER;
  });

export function setMemoryLimit(edit: PodEdit, limit: string): void {
  edit.set(edit.containerPath('resources', 'limits', 'memory'), limit);
}

export const gpuLimit = z.strictObject({
  name: text(253),
  quantity: quantity().transform((value, context) => {
    const parsed = parseQuantity(String(value));
    if (parsed !== undefined && parsed.nano > 0n) return formatQuantity(parsed);
    context.addIssue({ code: 'custom', message: 'must be above zero' });
    return z.NEVER;
  }),
});

/** Extended resources can not be overcommitted: a request that stands there must be the limit. */
export function setGpuLimit(edit: PodEdit, { name, quantity: amount }: z.output<typeof gpuLimit>): void {
  edit.set(edit.containerPath('resources', 'limits', name), amount);
  const request = edit.containerPath('resources', 'requests', name);
  if (edit.get(request) !== undefined) edit.set(request, amount);
}
