/**
 * The labels and annotations that tie pods to applications: Spark's own, the peer's (users' selectors and dashboards
 * depend on them) and those by which the reconciler and the webhook talk.
 */
export const label = {
  /** Set by Spark. */
  applicationId: 'spark-app-selector',
  role: 'spark-role',
  executorId: 'spark-exec-id',
  /** Set by the operator, as the peer does. */
  applicationName: 'sparkoperator.k8s.io/app-name',
  launchedByOperator: 'sparkoperator.k8s.io/launched-by-spark-operator',
  createdByOperator: 'sparkoperator.k8s.io/created-by-spark-operator',
  mutatedByOperator: 'sparkoperator.k8s.io/mutated-by-spark-operator',
  submissionId: 'sparkoperator.k8s.io/submission-id',
  /** Of a pod in which spark-submit runs: `pod`. */
  submitter: 'sparkoperator.k8s.io/submitter',
  /** Sends a pod through the webhook. */
  tagged: 'pod.sparkoperator.k8s.io/tagged',
} as const;

/** Labels whose values decide what happens to a pod; a user's value would hide the pod or give it to another application. */
export const operatorLabels: ReadonlySet<string> = new Set([
  label.applicationName,
  label.launchedByOperator,
  label.mutatedByOperator,
  label.submissionId,
  label.tagged,
]);

/** Labels that Spark sets itself and refuses from users (BasicDriverFeatureStep, BasicExecutorFeatureStep). */
export const sparkLabels: Readonly<Record<Role, ReadonlySet<string>>> = {
  driver: new Set(['spark-version', label.applicationId, 'spark-app-name', label.role]),
  executor: new Set([
    'spark-version',
    label.applicationId,
    'spark-app-name',
    label.role,
    label.executorId,
    'spark-exec-resourceprofile-id',
  ]),
};

/** On a SparkApplication: `native`, or `pod` for spark-submit in a pod. */
export const submitterAnnotation = 'sparkoperator.k8s.io/submitter';

/** Prefix of the annotations that tell the webhook what to do. */
export const annotationPrefix = 'pod.sparkoperator.k8s.io/';

/** Evidence of the webhook's work: digest of the annotations that it applied. */
export const appliedAnnotation = `${annotationPrefix}applied`;

/** Of Spark 4.1 and later: the exception that ended a driver (`spark.kubernetes.driver.annotateExitException`). */
export const exitExceptionAnnotation = 'spark.exit-exception';

export const roles = ['driver', 'executor'] as const;

export type Role = (typeof roles)[number];

/** In a submission pod. */
export const submitterContainerName = 'spark-submit';
export const driverContainerName = 'spark-kubernetes-driver';
/** Newest name first: the peer took a helper called `executor` for the Spark container. */
export const executorContainerNames = ['spark-kubernetes-executor', 'executor'] as const;
