/** The Kubernetes types inside a SparkApplication and in the annotations, as far as they are read here. */
import { z } from 'zod';
import { kubernetesType } from './field.js';

const name = z.string().min(1);

export const volume = kubernetesType({ name }).describe('core/v1 Volume');
export const volumeMount = kubernetesType({
  name,
  mountPath: z.string().min(1),
}).describe('core/v1 VolumeMount');
export const envVar = kubernetesType({ name }).describe('core/v1 EnvVar');
export const toleration = kubernetesType({}).describe('core/v1 Toleration');
export const affinity = kubernetesType({}).describe('core/v1 Affinity');
export const ownerReference = kubernetesType({
  apiVersion: name,
  kind: name,
  name,
  uid: name,
}).describe('meta/v1 OwnerReference');
