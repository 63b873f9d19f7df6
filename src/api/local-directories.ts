/**
 * Mounts named `spark-local-dir-…`: scratch space of Spark, which takes such volumes from its own properties and then makes
 * none itself (LocalDirsFeatureStep; compatibility: local-dir volumes).
 */
import { z } from 'zod';

const prefix = 'spark-local-dir-';

export function isLocalDirectory({ name }: { readonly name: string }): boolean {
  return name.startsWith(prefix);
}

/** The types of volumes that Spark has properties for, and which of their fields it has one for. */
const optionsOfType: ReadonlyMap<string, readonly string[]> = new Map([
  ['emptyDir', ['sizeLimit', 'medium']],
  ['hostPath', ['path', 'type']],
  ['nfs', ['path', 'server', 'readOnly']],
  ['persistentVolumeClaim', ['claimName', 'readOnly']],
]);

export const localDirectoryTypes: readonly string[] = [...optionsOfType.keys()];

export interface LocalDirectorySource {
  readonly type: string;
  /** By Spark's name of the option. */
  readonly options: readonly (readonly [option: string, value: string])[];
}

const fields = z.record(z.string(), z.unknown());

/** What Spark can be told of a volume; undefined where it has no properties for its type. */
export function localDirectorySource(volume: object): LocalDirectorySource | undefined {
  for (const [type, source] of Object.entries(volume)) {
    const options = optionsOfType.get(type);
    if (options === undefined) continue;
    const values = fields.parse(source ?? {});
    const set = options.filter((option) => values[option]);
    return { type, options: set.map((option) => [option, String(values[option])]) };
  }
  return undefined;
}
