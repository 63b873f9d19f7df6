/** What roles grant, right by right: a verb on a resource, of one name or of any. */
import { z } from 'zod';

export interface Right {
  /** Kind and name; the Roles of one name in several namespaces are copies, and count as one. */
  readonly role: string;
  readonly group: string;
  /** With its subresource: `sparkapplications/status`. */
  readonly resource: string;
  readonly verb: string;
  /** Empty: of any name. */
  readonly name: string;
}

const roleSchema = z.object({
  kind: z.enum(['Role', 'ClusterRole']),
  metadata: z.object({ name: z.string() }),
  rules: z.array(
    z.object({
      apiGroups: z.array(z.string()),
      resources: z.array(z.string()),
      verbs: z.array(z.string()),
      resourceNames: z.array(z.string()).default(['']),
    }),
  ),
});

/** @param objects of any kind */
export function grantedRights(objects: readonly unknown[]): readonly Right[] {
  const rights = objects
    .flatMap((object) => roleSchema.safeParse(object).data ?? [])
    .flatMap(({ kind, metadata, rules }) =>
      rules.flatMap((rule) =>
        combinations(rule).map((right): Right => ({ role: `${kind} ${metadata.name}`, ...right })),
      ),
    );
  return [...new Map(rights.map((right) => [describeRight(right), right])).values()];
}

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames: string[];
}

function combinations({ apiGroups, resources, verbs, resourceNames }: Rule): Omit<Right, 'role'>[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => resourceNames.map((name) => ({ group, resource, verb, name }))),
    ),
  );
}

export function describeRight({ role, group, resource, verb, name }: Right): string {
  return `${role}: ${verb} ${group}/${resource}${name && ` ${name}`}`;
}
