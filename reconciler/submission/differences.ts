/**
 * The one table of what differs between Spark versions on the submission side. Each row says what its minor release
 * changed; everything else is as in the row before.
 */
import { refused } from './refusal.js';
import type { SparkVersion } from './spark-version.js';

export interface VersionDifferences {
  /** A fourth port, `spark-connect`, on the driver container and its Service. */
  readonly sparkConnectPort: boolean;
  /** `appProtocol: grpc` on the Service's `spark-connect` port. */
  readonly sparkConnectAppProtocol: boolean;
  /** A NetworkPolicy for every application. */
  readonly networkPolicy: boolean;
  /** The Service always says `publishNotReadyAddresses`. */
  readonly publishNotReadyAddresses: boolean;
  /** `{{APP_ID}}` and `{{EXECUTOR_ID}}` are substituted in labels; in annotations they always are. */
  readonly placeholdersInLabels: boolean;
  /** `{{SPARK_VERSION}}` is substituted in the driver's image. */
  readonly versionPlaceholderInImage: boolean;
  /** `spark.driver.minMemoryOverhead` replaces the fixed 384 MiB. */
  readonly minMemoryOverheadKey: boolean;
  /** Sizes may end in Ki, KiB, Mi … as well. */
  readonly kubernetesMemoryUnits: boolean;
  /** The driver container always says `securityContext.allowPrivilegeEscalation`. */
  readonly allowPrivilegeEscalation: boolean;
  /** `--proxy-user` beats the client's SPARK_USER in the driver's environment. */
  readonly proxyUserBeforeSparkUser: boolean;
  /** `spark.kubernetes.pyspark.pythonVersion` is read, and must be 3. */
  readonly pythonVersionKey: boolean;
  /** `mount.subPathExpr`, `options.type` of host paths, labels and annotations of claims; sizes below 1 KiB are refused. */
  readonly newVolumeOptions: boolean;
  /** Claims are `ReadWriteOnce` by default, `ReadWriteOncePod` later. */
  readonly readWriteOnceClaims: boolean;
  /** A mode such as `0644` in a pod template is octal; before, it was decimal. */
  readonly octalModesInTemplates: boolean;
  /** The distribution has Volcano's feature step. */
  readonly volcanoStep: boolean;
  /** The option `--load-spark-defaults`. */
  readonly loadSparkDefaults: boolean;
  /** The option `--extra-properties-file`. */
  readonly extraPropertiesFiles: boolean;
  /** `spark.kubernetes.driver.pod.excludedFeatureSteps` is read. */
  readonly excludedFeatureSteps: boolean;
}

const spark35: VersionDifferences = {
  sparkConnectPort: false,
  sparkConnectAppProtocol: false,
  networkPolicy: false,
  publishNotReadyAddresses: false,
  placeholdersInLabels: false,
  versionPlaceholderInImage: false,
  minMemoryOverheadKey: false,
  kubernetesMemoryUnits: false,
  allowPrivilegeEscalation: false,
  proxyUserBeforeSparkUser: false,
  pythonVersionKey: true,
  newVolumeOptions: false,
  readWriteOnceClaims: true,
  octalModesInTemplates: false,
  volcanoStep: false,
  loadSparkDefaults: false,
  extraPropertiesFiles: false,
  excludedFeatureSteps: false,
};
const spark40: VersionDifferences = {
  ...spark35,
  placeholdersInLabels: true,
  minMemoryOverheadKey: true,
  newVolumeOptions: true,
  readWriteOnceClaims: false,
  octalModesInTemplates: true,
  loadSparkDefaults: true,
};
const spark41: VersionDifferences = {
  ...spark40,
  sparkConnectPort: true,
  versionPlaceholderInImage: true,
  pythonVersionKey: false,
  excludedFeatureSteps: true,
};
const spark42: VersionDifferences = {
  ...spark41,
  sparkConnectAppProtocol: true,
  networkPolicy: true,
  kubernetesMemoryUnits: true,
  volcanoStep: true,
  extraPropertiesFiles: true,
};
const spark43: VersionDifferences = {
  ...spark42,
  publishNotReadyAddresses: true,
  allowPrivilegeEscalation: true,
  proxyUserBeforeSparkUser: true,
};

interface Release {
  readonly major: number;
  readonly minor: number;
  readonly differences: VersionDifferences;
}

const oldest: Release = { major: 3, minor: 5, differences: spark35 };
const newest: Release = { major: 4, minor: 3, differences: spark43 };
/** From the oldest to the newest. */
const releases: readonly Release[] = [
  oldest,
  { major: 4, minor: 0, differences: spark40 },
  { major: 4, minor: 1, differences: spark41 },
  { major: 4, minor: 2, differences: spark42 },
  newest,
];

export interface ChosenDifferences {
  readonly differences: VersionDifferences;
  /** The minor release, such as `4.3`, whose row stands in for an unknown one; absent when the version has a row of its own. */
  readonly substitutedBy?: string;
}

/**
 * The row of a version: a release newer than the table takes the newest row, 3.0 to 3.4 the oldest.
 * @throws {FiresteelError} SUBMISSION_REFUSED below 3.0
 */
export function differencesOf(version: SparkVersion): ChosenDifferences {
  if (version.major < 3) throw refused(`Spark ${version.text} is not supported; the oldest supported version is 3.0`);
  const own = releases.find((release) => compare(release, version) === 0);
  if (own !== undefined) return { differences: own.differences };
  const standIn =
    compare(version, newest) > 0 ? newest : (releases.findLast((one) => compare(one, version) < 0) ?? oldest);
  return { differences: standIn.differences, substitutedBy: `${standIn.major}.${standIn.minor}` };
}

function compare(a: { major: number; minor: number }, b: { major: number; minor: number }): number {
  return a.major - b.major || a.minor - b.minor;
}
