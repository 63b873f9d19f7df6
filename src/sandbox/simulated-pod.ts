/**
 * What the simulated node reads of a pod, and the script that a pod's annotations give it: how long it runs and how it
 * ends, or why it never starts.
 */
import { z } from 'zod';

const optionalText = z.string().optional();

const configMapSourceSchema = z.object({ name: z.string(), optional: z.boolean().optional() });

const containerSchema = z.object({
  name: z.string(),
  image: z.string().default(''),
  terminationMessagePolicy: optionalText,
});

const containerStateSchema = z.object({
  waiting: z.object({ reason: optionalText }).optional(),
  running: z.object({ startedAt: optionalText }).optional(),
});

export const simulatedPodSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    deletionTimestamp: optionalText,
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ uid: z.string() })).default([]),
  }),
  spec: z.object({
    containers: z.array(containerSchema),
    initContainers: z.array(containerSchema).default([]),
    volumes: z
      .array(
        z.object({
          configMap: configMapSourceSchema.optional(),
          projected: z
            .object({ sources: z.array(z.object({ configMap: configMapSourceSchema.optional() })).default([]) })
            .optional(),
        }),
      )
      .default([]),
  }),
  status: z
    .object({
      phase: z.string().default('Pending'),
      conditions: z.array(z.object({ type: z.string(), reason: optionalText })).default([]),
      containerStatuses: z.array(z.object({ state: containerStateSchema.default({}) })).default([]),
    })
    .prefault({}),
});

export type SimulatedPod = z.output<typeof simulatedPodSchema>;
export type SimulatedContainer = z.output<typeof containerSchema>;

export const scriptPrefix = 'sandbox.firesteel/';

const millisecondsPerUnit: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const durationSchema = z
  .string()
  .regex(/^(?:forever|\d+(?:ms|s|m|h))$/u, 'must be like 500ms, 2s, 3m, 1h or forever')
  .transform((text) => {
    const unit = text.replace(/^\d+/u, '');
    return unit === 'forever' ? Number.POSITIVE_INFINITY : Number.parseInt(text, 10) * (millisecondsPerUnit[unit] ?? 1);
  });

/** Annotations `sandbox.firesteel/<key>`. */
const scriptSchema = z.object({
  /** Of the running phase, in milliseconds; default 1 s, of executors until their driver ends. */
  duration: durationSchema.optional(),
  /** Of the Spark container (or the first); default 0. */
  'exit-code': z.coerce.number().int().min(0).max(255).default(0),
  /** Of the terminated container; default `Completed`, or `Error` where the exit code is not 0. */
  reason: optionalText,
  /** The last words in the container's log; a message only where the container's terminationMessagePolicy says so. */
  'termination-message': z.string().default(''),
  'pull-failure': z.enum(['true', 'false']).default('false'),
  /** Lines of the container's log, from its start. */
  log: optionalText,
  /** Why no node fits; the pod stays Pending. */
  unschedulable: optionalText,
});

export type PodScript = z.output<typeof scriptSchema>;

/** The script, or what is wrong with it. */
export function scriptOf(pod: SimulatedPod): PodScript | { readonly fault: string } {
  const entries = Object.entries(pod.metadata.annotations)
    .filter(([key]) => key.startsWith(scriptPrefix))
    .map(([key, value]) => [key.slice(scriptPrefix.length), value]);
  const parsed = scriptSchema.safeParse(Object.fromEntries(entries));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { fault: `annotation ${scriptPrefix}${issue?.path.join('.')}: ${issue?.message}` };
}

/** What the Spark container (or the first) has written by now. */
export function logOf(pod: SimulatedPod, hasEnded: boolean): string[] {
  const script = scriptOf(pod);
  if ('fault' in script) return [script.fault];
  const lines = (script.log ?? `simulated: nothing runs here; annotation ${scriptPrefix}log sets these lines`).split(
    '\n',
  );
  const lastWords = script['termination-message'];
  return hasEnded && lastWords !== '' ? [...lines, ...lastWords.split('\n')] : lines;
}

export function isDriver(pod: SimulatedPod): boolean {
  return pod.metadata.labels['spark-role'] === 'driver';
}

/** The ConfigMaps that must exist before a kubelet can mount the pod's volumes. */
export function requiredConfigMaps(pod: SimulatedPod): string[] {
  const sources = pod.spec.volumes.flatMap((volume) => [
    volume.configMap,
    ...(volume.projected?.sources ?? []).map((source) => source.configMap),
  ]);
  return sources.flatMap((source) => (source === undefined || source.optional === true ? [] : [source.name]));
}
