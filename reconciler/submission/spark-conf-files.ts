/** Which files of SPARK_CONF_DIR go with the application into the driver's ConfigMap (`KubernetesClientUtils.loadSparkConfDirFiles`). */
import type { Submission } from './submission.js';
import { utf8TextOrNothing } from './submitter-files.js';

/** Templates, archives, and what Spark itself has read: `spark-defaults.conf`, `spark.properties` and the like. */
const leftOut = /\.(?:template|gz|zip|jar|tar)$|^spark.*(?:conf|properties)$/s;
const defaultLimit = 1_048_576;

interface ConfFile {
  readonly name: string;
  readonly text: string;
  readonly size: number;
}

/** Their texts by name: the smallest first, as long as they fit into `spark.kubernetes.configMap.maxSize`. */
export function confFiles({ conf, environment, files }: Submission): ReadonlyMap<string, string> {
  const folder = environment.sparkConfDir === undefined ? undefined : files.folders.get(environment.sparkConfDir);
  const limit = conf.integer('spark.kubernetes.configMap.maxSize') ?? defaultLimit;
  const candidates = [...(folder ?? [])].flatMap(([name, bytes]): ConfFile[] => {
    const text = leftOut.test(name) ? undefined : utf8TextOrNothing(bytes);
    return text === undefined ? [] : [{ name, text, size: name.length + bytes.length }];
  });
  const chosen = new Map<string, string>();
  let total = 0;
  for (const { name, text, size } of candidates.sort((a, b) => a.size - b.size)) {
    if (total + size >= limit) continue;
    total += size;
    chosen.set(name, text);
  }
  return chosen;
}
