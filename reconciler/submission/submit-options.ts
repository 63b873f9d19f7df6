/** What spark-submit is asked to do, whoever asks: its command line, or a SparkApplication. */

export interface SubmitOptions {
  /** `k8s://https://host:port`. */
  readonly master: string;
  /** Left out: `spark.app.name`, else the main class, else the file name of the primary resource. */
  readonly name?: string;
  readonly mainClass?: string;
  /** URI of the jar, Python or R file; `spark-internal` where the main class is on the class path already. */
  readonly primaryResource: string;
  readonly arguments: readonly string[];
  readonly proxyUser?: string;
  /** Each of these lists, when it is not empty, replaces its key in `conf` (`spark.jars`, `spark.files` …). */
  readonly jars: readonly string[];
  readonly files: readonly string[];
  readonly pyFiles: readonly string[];
  readonly archives: readonly string[];
  readonly packages: readonly string[];
  readonly excludePackages: readonly string[];
  readonly repositories: readonly string[];
  /** Final values: a later `--conf` has already won, options such as `--driver-memory` stand here as their key. */
  readonly conf: ReadonlyMap<string, string>;
}
