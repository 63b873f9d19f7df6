/** The owner reference by which what the operator makes goes with its application. */
import {
  type SparkApplication,
  sparkApplicationApiVersion,
  sparkApplicationKind,
} from '../src/api/spark-application.js';
import type { OwnerReference } from '../src/kube/objects.js';

export function controllerOf({ name, uid }: Pick<SparkApplication, 'name' | 'uid'>): OwnerReference {
  return {
    apiVersion: sparkApplicationApiVersion,
    kind: sparkApplicationKind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
