/** What service accounts asked an API server for, and by which role it was allowed: its audit log says both. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Right } from './granted-rights.js';

const entrySchema = z.looseObject({
  verb: z.string(),
  requestURI: z.string(),
  user: z.looseObject({ username: z.string() }),
  objectRef: z
    .looseObject({
      apiGroup: z.string().default(''),
      resource: z.string().default(''),
      subresource: z.string().optional(),
      name: z.string().default(''),
      namespace: z.string().default(''),
    })
    .optional(),
  annotations: z.record(z.string(), z.string()).default({}),
});

export interface AuditedRequest {
  /** `namespace:name` of the service account. */
  readonly account: string;
  /** What was asked; its role is the one that allowed it, empty where none did. */
  readonly right: Right;
  readonly namespace: string;
  readonly isAllowed: boolean;
}

const userPrefix = 'system:serviceaccount:';
const allowedBy = /^RBAC: allowed by (?:Cluster)?RoleBinding "[^"]+" of (Role|ClusterRole) "([^"]+)"/u;

/** Requests for objects; documents of the API server itself (`/api`, `/version`) are everybody's. */
export function auditedRequests(auditLog: string): readonly AuditedRequest[] {
  return readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(userPrefix))
    .flatMap((line) => readRequest(entrySchema.parse(JSON.parse(line))) ?? []);
}

function readRequest({ verb, user, objectRef, annotations }: z.output<typeof entrySchema>): AuditedRequest | undefined {
  if (objectRef === undefined || !user.username.startsWith(userPrefix)) return undefined;
  const { apiGroup: group, resource, subresource, name, namespace } = objectRef;
  const [, kind, role] = allowedBy.exec(annotations['authorization.k8s.io/reason'] ?? '') ?? [];
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return {
    account: user.username.slice(userPrefix.length),
    right: { role: kind === undefined ? '' : `${kind} ${role}`, group, resource: whole, verb, name },
    namespace,
    isAllowed: annotations['authorization.k8s.io/decision'] === 'allow',
  };
}

/** Whether `asked` took `granted`. */
export function uses(asked: Right, granted: Right): boolean {
  return (
    asked.role === granted.role &&
    asked.group === granted.group &&
    asked.resource === granted.resource &&
    asked.verb === granted.verb &&
    (granted.name === '' || asked.name === granted.name)
  );
}
