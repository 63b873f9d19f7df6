/**
 * The CustomResourceDefinition of SparkApplication as the Kubeflow operator has it, as far as it matters to who comes after: a
 * status of the peer's fields alone (`driverInfo` is required), a spec without rules. Its descriptions and the insides of the spec,
 * 840 KB, are not repeated here.
 */
import { z } from 'zod';
import { sparkApplicationCrd } from '../../src/api/crd.js';

const definition = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ versions: z.array(z.looseObject({})) }),
});

const text = { type: 'string' };
const count = { type: 'integer', format: 'int32' };
const time = { type: 'string', format: 'date-time', nullable: true };

const status = {
  type: 'object',
  required: ['driverInfo'],
  properties: {
    applicationState: { type: 'object', required: ['state'], properties: { state: text, errorMessage: text } },
    driverInfo: {
      type: 'object',
      properties: {
        podName: text,
        webUIAddress: text,
        webUIIngressAddress: text,
        webUIIngressName: text,
        webUIPort: count,
        webUIServiceName: text,
      },
    },
    executionAttempts: count,
    executorState: { type: 'object', additionalProperties: text },
    lastSubmissionAttemptTime: time,
    sparkApplicationId: text,
    submissionAttempts: count,
    submissionID: text,
    terminationTime: time,
  },
};

const spec = {
  type: 'object',
  required: ['driver', 'executor', 'mainApplicationFile', 'sparkVersion', 'type'],
  'x-kubernetes-preserve-unknown-fields': true,
};

export function peerDefinition(): object {
  const own = definition.parse(sparkApplicationCrd());
  const [version] = own.spec.versions;
  const openAPIV3Schema = {
    type: 'object',
    required: ['metadata', 'spec'],
    properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status },
  };
  const labels = { 'app.kubernetes.io/name': 'spark-operator', 'app.kubernetes.io/managed-by': 'Helm' };
  const annotations = {
    'api-approved.kubernetes.io': 'https://github.com/kubeflow/spark-operator/pull/1298',
    'meta.helm.sh/release-name': 'spark-operator',
    'meta.helm.sh/release-namespace': 'spark-operator',
  };
  return {
    ...own,
    metadata: { name: own.metadata.name, labels, annotations },
    spec: { ...own.spec, versions: [{ ...version, schema: { openAPIV3Schema } }] },
  };
}
