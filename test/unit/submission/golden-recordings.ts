/** The recordings of the real spark-submit, and the forms in which they and our requests compare equal. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const scenarioSchema = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string().nullable()).default({}),
  shuffledLocalDirs: z.enum(['paths', 'volumes']).optional(),
  expected: z.object({ error: z.string().optional() }).default({}),
});

const requestSchema = z.object({
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
  const body = JSON.parse(JSON.stringify(request.body), (key, value: Json) => {
    if (key === 'spark.properties' && typeof value === 'string') return propertiesLines(value);
    if (key === 'spec' && isPodSpec(value)) return comparablePodSpec(value, scenario);
    return value;
  });
  return { method: request.method, path: request.path, query: request.query, contentType, body };
}

/** The comment lines in their order, the others, whose order means nothing, sorted. */
function propertiesLines(text: string): { comments: string[]; lines: string[] } {
  const lines = text.split('\n');
  return { comments: lines.slice(0, 2), lines: lines.slice(2).sort() };
}

const named = z.looseObject({ name: z.string() });
const container = z.looseObject({
  env: z.array(named.extend({ value: z.string().optional() })),
  volumeMounts: z.array(named.extend({ mountPath: z.string() })),
});
const podSpec = z.looseObject({ containers: z.array(container), volumes: z.array(named) });
type PodSpec = z.infer<typeof podSpec>;

function isPodSpec(value: unknown): value is PodSpec {
  return podSpec.safeParse(value).success;
}

/** The variables that Spark itself sets, always in the same order. */
const fixedVariables: ReadonlySet<string> = new Set([
  'SPARK_USER',
  'SPARK_APPLICATION_ID',
  'SPARK_DRIVER_BIND_ADDRESS',
  'PYSPARK_PYTHON',
  'PYSPARK_DRIVER_PYTHON',
  'SPARK_LOCAL_DIRS',
  'SPARK_CONF_DIR',
]);

function comparablePodSpec(spec: PodSpec, scenario: Scenario): unknown {
  const ordered = scenario.shuffledLocalDirs === 'paths' ? withSortedLocalDirectories(spec) : spec;
  return {
    ...ordered,
    volumes: sorted(ordered.volumes),
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

function sorted(items: readonly unknown[]): string[] {
  return items.map((item) => JSON.stringify(canonical(item))).sort();
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
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
