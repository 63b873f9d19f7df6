/** The Kubernetes types inside a SparkApplication and in the annotations, as far as they are read here. */
import { kubernetesType, text } from './field.js';

const name = text();

export const volume = kubernetesType({
  name: name.describe('Name by which volumeMounts refer to the volume.'),
}).describe('core/v1 Volume');
export const volumeMount = kubernetesType({
  name: name.describe('Name of a volume in spec.volumes.'),
  mountPath: text().describe('Folder or file of the container where the volume appears.'),
}).describe('core/v1 VolumeMount');
export const envVar = kubernetesType({ name: name.describe('Name of the variable.') }).describe('core/v1 EnvVar');
export const toleration = kubernetesType({}).describe('core/v1 Toleration');
export const affinity = kubernetesType({}).describe('core/v1 Affinity');
export const ownerReference = kubernetesType({
  apiVersion: name,
  kind: name,
  name,
  uid: name,
}).describe('meta/v1 OwnerReference');
