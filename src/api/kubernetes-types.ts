/**
 * The Kubernetes types inside a SparkApplication and in the annotations. They are closed as far as they are read here: the
 * API server decodes what a webhook adds without complaint, so that a misspelt field would be dropped in silence.
 */
import { z } from 'zod';
import { kubernetesType, text } from './field.js';

const name = text();

/** Fields that the API server completes or checks with the pod. */
const handedOn = () => z.looseObject({}).nullish().describe('As in Kubernetes.');
const words = () => z.string().nullish().describe('As in Kubernetes.');
const switchable = () => z.boolean().nullish().describe('As in Kubernetes.');

/** core/v1 VolumeSource, as of Kubernetes 1.34. */
const volumeSources = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'gitRepo',
  'glusterfs',
  'hostPath',
  'image',
  'iscsi',
  'nfs',
  'persistentVolumeClaim',
  'photonPersistentDisk',
  'portworxVolume',
  'projected',
  'quobyte',
  'rbd',
  'scaleIO',
  'secret',
  'storageos',
  'vsphereVolume',
] as const;

const sources: Record<string, ReturnType<typeof handedOn>> = Object.fromEntries(
  volumeSources.map((source) => [source, handedOn()]),
);

export const volume = z
  .strictObject({ name: name.describe('Name by which volumeMounts refer to the volume.'), ...sources })
  .superRefine((value, context) => {
    const given = Object.keys(value).filter((key) => key !== 'name');
    // None is an emptyDir.
    if (given.length <= 1) return;
    context.addIssue({ code: 'custom', message: `a volume is of one kind; there are ${given.join(' and ')}` });
  })
  .describe('core/v1 Volume');

export const volumeMount = z
  .strictObject({
    name: name.describe('Name of a volume in spec.volumes.'),
    mountPath: text().describe('Folder or file of the container where the volume appears.'),
    mountPropagation: words(),
    readOnly: switchable(),
    recursiveReadOnly: words(),
    subPath: words(),
    subPathExpr: words(),
  })
  .describe('core/v1 VolumeMount');

export const envVar = z
  .strictObject({
    name: name.describe('Name of the variable.'),
    value: z.string().nullish().describe('Text; numbers and booleans must be quoted.'),
    valueFrom: handedOn(),
  })
  .describe('core/v1 EnvVar');

export const toleration = z
  .strictObject({
    key: words(),
    operator: words(),
    value: words(),
    effect: words(),
    tolerationSeconds: z.number().nullish().describe('As in Kubernetes.'),
  })
  .describe('core/v1 Toleration');

const podAffinity = () =>
  z
    .strictObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .array(z.looseObject({}))
        .nullish()
        .describe('As in Kubernetes.'),
      preferredDuringSchedulingIgnoredDuringExecution: z
        .array(z.looseObject({}))
        .nullish()
        .describe('As in Kubernetes.'),
    })
    .nullish()
    .describe('As in Kubernetes.');

export const affinity = z
  .strictObject({
    nodeAffinity: z
      .strictObject({
        requiredDuringSchedulingIgnoredDuringExecution: handedOn(),
        preferredDuringSchedulingIgnoredDuringExecution: z
          .array(z.looseObject({}))
          .nullish()
          .describe('As in Kubernetes.'),
      })
      .nullish()
      .describe('As in Kubernetes.'),
    podAffinity: podAffinity(),
    podAntiAffinity: podAffinity(),
  })
  .describe('core/v1 Affinity');

export const ownerReference = kubernetesType({ apiVersion: name, kind: name, name, uid: name }).describe(
  'meta/v1 OwnerReference',
);
