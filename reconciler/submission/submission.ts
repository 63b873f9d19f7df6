/** A submission whose configuration is settled: what SparkSubmit hands over to the Kubernetes code. */
import type { ClientEnvironment } from './client-environment.js';
import type { ConfReader } from './conf-reader.js';
import type { VersionDifferences } from './differences.js';
import type { SubmissionIds } from './ids.js';
import type { SparkVersion } from './spark-version.js';
import type { SubmitterFiles } from './submitter-files.js';
import type { Upload } from './uploads.js';

export type ResourceType = 'java' | 'python' | 'r';

export interface Submission {
  readonly version: SparkVersion;
  readonly differences: VersionDifferences;
  /** What becomes `spark.properties`, before the feature steps add to it. */
  readonly conf: ConfReader;
  readonly namespace: string;
  readonly applicationName: string;
  /** The beginning of the names of the application's objects. */
  readonly resourceNamePrefix: string;
  readonly resourceType: ResourceType;
  readonly mainClass: string;
  /** As the driver finds it; `spark-internal` where it is among the jars. */
  readonly primaryResource: string;
  readonly uploads: readonly Upload[];
  readonly arguments: readonly string[];
  readonly proxyUser?: string;
  readonly environment: ClientEnvironment;
  readonly files: SubmitterFiles;
  readonly ids: SubmissionIds;
  readonly warnings: readonly string[];
}
