/** The recordings of the real spark-submit, and the forms in which they and our requests compare equal. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const scenarioSchema = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string().nullable()).default({}),
  shuffledLocalDirs: z.enum(['paths', 'volumes']).optional(),
  files: z.record(z.string(), z.union([z.string(), z.object({ base64: z.string() })])).default({}),
  server: z
    .object({
      fail: z.array(
        z.object({
          method: z.string(),
          path: z.string(),
          status: z.number(),
          reason: z.string().optional(),
          message: z.string().optional(),
          times: z.number().optional(),
          skip: z.number().optional(),
        }),
      ),
    })
    .optional(),
  expected: z.object({ error: z.string().optional() }).default({}),
});

export const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  query: z.record(z.string(), z.string()),
  contentType: z.string(),
  body: z.json(),
});

const recordingSchema = z.object({
  requests: z.array(requestSchema),
  properties: z.record(z.string(), z.string()).optional(),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type Request = z.infer<typeof requestSchema>;
export type Recording = z.infer<typeof recordingSchema>;
type Json = z.infer<ReturnType<typeof z.json>>;

/** The folder of scenarios and recordings; the tests run from `dist/`. */
export const goldenFolder = new URL('../../../../test/golden/', import.meta.url);

export function scenarioNames(): string[] {
  return names(new URL('scenarios/', goldenFolder));
}

export function readScenario(name: string): Scenario {
  return scenarioSchema.parse(readJson(new URL(`scenarios/${name}.json`, goldenFolder)));
}

/** The recordings of a scenario by Spark version. */
export function readRecordings(scenario: string): Map<string, Recording> {
  const folder = new URL('recorded/', goldenFolder);
  const versions = readdirSync(folder).filter((version) => names(new URL(`${version}/`, folder)).includes(scenario));
  return new Map(
    versions.map((version) => [
      version,
      recordingSchema.parse(readJson(new URL(`${version}/${scenario}.json`, folder))),
    ]),
  );
}

function names(folder: URL): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''));
}

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** Puts the recordings' placeholders in the place of the random parts. */
export function withPlaceholders(text: string, randomParts: ReadonlyMap<string, string>): string {
  return [...randomParts].reduce((replaced, [part, placeholder]) => replaced.replaceAll(part, placeholder), text);
}

/** A request without what has no meaning: the charset, and the order where Spark's is that of a hash table. */
export function comparable(request: Request, scenario: Scenario): unknown {
  const contentType = request.contentType.replace(/;.*$/, '');
  const text = withoutNumbers(JSON.stringify(request.body));
  const body = JSON.parse(text, (key, value: Json) => {
    if (key === 'spark.properties' && typeof value === 'string') return propertiesLines(value);
    const pod = key === 'spec' ? podSpec.safeParse(value).data : undefined;
    if (pod !== undefined) return comparablePodSpec(pod, scenario);
    return value;
  });
  return { method: request.method, path: withoutNumbers(request.path), query: request.query, contentType, body };
}

/** Spark numbers claims in the order of a hash table, and the recordings number random parts. */
function withoutNumbers(text: string): string {
  return text.replace(/-driver-pvc-\d+/g, '-driver-pvc-<n>').replace(/<uuid\d+>/g, '<uuid>');
}

/** The comment lines in their order, the others, whose order means nothing, sorted. */
function propertiesLines(text: string): { comments: string[]; lines: string[] } {
  const lines = text.split('\n');
  return { comments: lines.slice(0, 2), lines: lines.slice(2).sort() };
}

const named = z.looseObject({ name: z.string() });
const container = z.looseObject({
  env: z.array(named.extend({ value: z.string().optional() })).default([]),
  volumeMounts: z.array(named.extend({ mountPath: z.string() })).default([]),
});
const volume = named.extend({ configMap: z.looseObject({ items: z.array(z.json()).optional() }).optional() });
const podSpec = z.looseObject({ containers: z.array(container), volumes: z.array(volume) });
type PodSpec = z.infer<typeof podSpec>;

/** The variables that Spark itself sets, always in the same order. */
const fixedVariables: ReadonlySet<string> = new Set([
  'SPARK_USER',
  'SPARK_APPLICATION_ID',
  'SPARK_DRIVER_BIND_ADDRESS',
  'PYSPARK_PYTHON',
  'PYSPARK_DRIVER_PYTHON',
  'HADOOP_CONF_DIR',
  'HADOOP_TOKEN_FILE_LOCATION',
  'SPARK_LOCAL_DIRS',
  'SPARK_CONF_DIR',
]);

function comparablePodSpec(spec: PodSpec, scenario: Scenario): unknown {
  const ordered = withDirectoriesInOrder(spec, scenario);
  return {
    ...ordered,
    volumes: sorted(ordered.volumes.map(withSortedItems)),
    containers: ordered.containers.map((one) => ({
      ...one,
      env: {
        fixed: one.env.filter(({ name }) => fixedVariables.has(name)),
        others: sorted(one.env.filter(({ name }) => !fixedVariables.has(name))),
      },
      volumeMounts: sorted(one.volumeMounts),
    })),
  };
}

/** The files of HADOOP_CONF_DIR come in the order of their folder. */
function withSortedItems(one: PodSpec['volumes'][number]): unknown {
  if (one.name !== 'hadoop-properties' || one.configMap?.items === undefined) return one;
  return { ...one, configMap: { ...one.configMap, items: sorted(one.configMap.items) } };
}

function sorted(items: readonly unknown[]): string[] {
  return items.map((item) => JSON.stringify(canonical(item))).sort();
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}

function withDirectoriesInOrder(spec: PodSpec, { shuffledLocalDirs }: Scenario): PodSpec {
  if (shuffledLocalDirs === 'paths') return withSortedLocalDirectories(spec);
  if (shuffledLocalDirs === undefined) return spec;
  return {
    ...spec,
    containers: spec.containers.map((one) => ({
      ...one,
      env: one.env.map((variable) =>
        variable.name === 'SPARK_LOCAL_DIRS'
          ? { ...variable, value: variable.value?.split(',').sort().join(',') }
          : variable,
      ),
    })),
  };
}

/** Spark shuffles several local directories; the recordings have them sorted and numbered after that. */
function withSortedLocalDirectories(spec: PodSpec): PodSpec {
  return {
    ...spec,
    containers: spec.containers.map((one) => {
      const isLocal = ({ name }: { name: string }) => name.startsWith('spark-local-dir-');
      const paths = one.volumeMounts
        .filter(isLocal)
        .map(({ mountPath }) => mountPath)
        .sort();
      return {
        ...one,
        env: one.env.map((variable) =>
          variable.name === 'SPARK_LOCAL_DIRS' ? { ...variable, value: paths.join(',') } : variable,
        ),
        volumeMounts: one.volumeMounts.map((mount) =>
          isLocal(mount) ? { ...mount, mountPath: paths[Number(mount.name.split('-').at(-1)) - 1] ?? '' } : mount,
        ),
      };
    }),
  };
}
