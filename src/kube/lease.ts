/** The Lease that leaders hold, and how it is read, taken, renewed and released. Pure. */
import { z } from 'zod';
import { FiresteelError } from '../errors.js';
import { apiVersion, leases } from './resources.js';

const leaseSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  spec: z
    .looseObject({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      acquireTime: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .nullish(),
});

/** What the API server has, fields unknown to us included. */
export type Lease = z.infer<typeof leaseSchema>;

/** @throws {FiresteelError} API_MALFORMED */
export function parseLease(answer: unknown): Lease {
  const parsed = leaseSchema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new FiresteelError(
    'API_MALFORMED',
    `The API server sent what is not a Lease: ${z.prettifyError(parsed.error)}`,
  );
}

/** Empty: nobody. */
export function holderOf(lease: Lease): string {
  return lease.spec?.holderIdentity ?? '';
}

/** A Lease that does not exist yet. */
export function newLease(namespace: string, name: string, identity: string, durationSeconds: number, now: number) {
  const time = microTime(now);
  return {
    apiVersion: apiVersion(leases),
    kind: leases.kind,
    metadata: { name, namespace },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: durationSeconds,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    },
  };
}

/** `lease` held by `identity` from `now`; what is ours already is renewed. */
export function heldLease(lease: Lease, identity: string, durationSeconds: number, now: number): Lease {
  const time = microTime(now);
  const renewed = holderOf(lease) === identity;
  return {
    ...lease,
    spec: {
      ...lease.spec,
      holderIdentity: identity,
      leaseDurationSeconds: durationSeconds,
      acquireTime: (renewed ? lease.spec?.acquireTime : undefined) ?? time,
      renewTime: time,
      leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + (renewed ? 0 : 1),
    },
  };
}

/** `lease` free for whoever comes next. */
export function releasedLease(lease: Lease, now: number): Lease {
  return { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) } };
}

/** RFC 3339 with six digits, as `metav1.MicroTime` is written. */
function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
