/**
 * What a run asked of the API server, from the API server's own audit log: who asked, what, when it was answered. In the
 * recorded namespace it holds the objects too, so that the requests of one application can be sent again.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export const recordedNamespace = 'bench-recorded';

const entrySchema = z.object({
  verb: z.string(),
  requestURI: z.string(),
  userAgent: z.string().default(''),
  objectRef: z
    .object({
      resource: z.string(),
      namespace: z.string().default(''),
      name: z.string().default(''),
      subresource: z.string().default(''),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().default(0) }).optional(),
  stageTimestamp: z.string(),
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
});

export type AuditEntry = z.infer<typeof entrySchema>;

/** @param namespaces of the applications that are measured */
export function auditPolicy(namespaces: readonly string[]): object {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [
      { level: 'None', verbs: ['watch', 'list'] },
      { level: 'RequestResponse', namespaces: [recordedNamespace] },
      {
        level: 'Request',
        namespaces,
        resources: [
          { group: 'sparkoperator.k8s.io', resources: ['sparkapplications/status'] },
          { group: '', resources: ['pods/status'] },
        ],
      },
      { level: 'Metadata', namespaces },
      { level: 'None' },
    ],
  };
}

/** Entries in the order in which they were answered. */
export async function* readAuditLog(path: string): AsyncGenerator<AuditEntry> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    // The last line may be half written.
    if (line.endsWith('}')) yield entrySchema.parse(JSON.parse(line));
  }
}

/** Milliseconds since the epoch, with fractions: the log has microseconds. */
export function answeredAt({ stageTimestamp }: AuditEntry): number {
  const [, whole = '', fraction = '0'] = /^(.*?)(?:\.(\d+))?Z$/.exec(stageTimestamp) ?? [];
  return Date.parse(`${whole}Z`) + Number(`0.${fraction}`) * 1_000;
}
