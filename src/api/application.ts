/** A SparkApplication that was read and checked: what the rest of the code works with. */
import type { SparkApplicationSpec } from './spark-application-spec.js';

export interface SparkApplication {
  readonly name: string;
  readonly namespace: string;
  /** Empty for an application that no API server has stored. */
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotation `sparkoperator.k8s.io/submitter`: who submits, where the user says so. */
  readonly submitter?: string;
  readonly spec: SparkApplicationSpec;
}
