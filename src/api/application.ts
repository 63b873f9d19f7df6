/** A SparkApplication that was read and checked: what the rest of the code works with. */
import type { SparkApplicationSpec } from './spark-application-spec.js';

export interface SparkApplication {
  readonly name: string;
  readonly namespace: string;
  /** Empty for an application that no API server has stored. */
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that speak to the operator: who submits, and how long to wait for what. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: SparkApplicationSpec;
}
