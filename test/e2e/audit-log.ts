/**
 * What the API server itself has recorded about driver pods: its audit log, one JSON line a request. A driver has started when
 * its pod was written as Running, and is over when it was written as ended, or the pod was deleted.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { label } from '../../src/api/labels.js';

const labels = z.record(z.string(), z.string()).default({});
const object = z
  .looseObject({
    metadata: z.looseObject({ uid: z.string().optional(), name: z.string().optional(), labels }).prefault({}),
    status: z.unknown().optional(),
  })
  .optional();

const entrySchema = z.looseObject({
  verb: z.string(),
  requestURI: z.string(),
  stageTimestamp: z.string(),
  objectRef: z.looseObject({ namespace: z.string().optional() }).optional(),
  responseStatus: z.looseObject({ code: z.number().optional() }).optional(),
  responseObject: object,
});

type Entry = z.output<typeof entrySchema>;

export interface AuditedDriver {
  readonly uid: string;
  readonly application: string;
  readonly submissionId: string;
  /** Times as the API server wrote them, to the microsecond: as texts they are in order. */
  started?: string;
  /** When it had ended or was deleted, whichever came first. */
  over?: string;
}

const phaseSchema = z.object({ phase: z.string() });

/**
 * In the order in which they show. Each answer that shows a driver counts, not those to creates alone: who dies over a create
 * may have made the pod all the same, and the API server logs that as a failure.
 */
export function auditedDrivers(auditLog: string, namespace: string): readonly AuditedDriver[] {
  const drivers = new Map<string, AuditedDriver>();
  for (const entry of readEntries(auditLog, namespace)) {
    const shown = shownDriver(entry);
    if (shown === undefined) continue;
    const driver = drivers.get(shown.uid) ?? shown;
    drivers.set(driver.uid, driver);
    follow(driver, entry);
  }
  return [...drivers.values()];
}

function readEntries(auditLog: string, namespace: string): Entry[] {
  return readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes(namespace))
    .map((line) => entrySchema.parse(JSON.parse(line)))
    .filter(({ objectRef, responseStatus, requestURI }) => {
      const isDone = (responseStatus?.code ?? 500) < 300 && !requestURI.includes('dryRun');
      return isDone && objectRef?.namespace === namespace;
    })
    .sort((a, b) => (a.stageTimestamp < b.stageTimestamp ? -1 : 1));
}

function shownDriver({ responseObject }: Entry): AuditedDriver | undefined {
  const { uid, labels: marks = {} } = responseObject?.metadata ?? {};
  if (uid === undefined || marks[label.role] !== 'driver') return undefined;
  return { uid, application: marks[label.applicationName] ?? '', submissionId: marks[label.submissionId] ?? '' };
}

function follow(driver: AuditedDriver, { verb, responseObject, stageTimestamp }: Entry): void {
  const { data } = phaseSchema.safeParse(responseObject?.status);
  if (data?.phase === 'Running' && verb !== 'delete') driver.started ??= stageTimestamp;
  if (data?.phase === 'Succeeded' || data?.phase === 'Failed' || verb === 'delete') driver.over ??= stageTimestamp;
}
