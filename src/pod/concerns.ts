/**
 * The table: field of a SparkApplication → annotation → type → edit of a pod. Rows are applied in this order, which is the
 * peer's (compatibility: pod mutation). A new concern is a new row.
 */
import { z } from 'zod';
import { stringMap, text } from '../api/field.js';
import {
  affinity,
  container,
  containerPort,
  envFromSource,
  envVar,
  hostAlias,
  lifecycle,
  ownerReference,
  podDNSConfig,
  podSecurityContext,
  securityContext,
  toleration,
  volume,
  volumeMount,
} from '../api/kubernetes-types.js';
import { sparkApplicationApiVersion, sparkApplicationKind } from '../api/spark-application.js';
import { type Concern, jsonConcern } from './concern.js';
import { configMapMount, mountConfigMaps } from './config-map-edit.js';
import { addContainers } from './container-edit.js';
import { envFromKey, ownerKey, tolerationKey } from './list-keys.js';
import { addPorts } from './port-edit.js';
import { gpuLimit, memoryLimit, setGpuLimit, setMemoryLimit } from './resource-edit.js';
import { addHostAliases, setPriorityClass, useHostNetwork } from './scheduling-edit.js';
import {
  configMapMounts,
  containers,
  gpu,
  nodeSelector,
  ports,
  schedulerName,
  volumeMounts,
  volumes,
} from './tag-sources.js';
import { setVariables } from './variable-edit.js';
import { addMounts, addVolumes } from './volume-edit.js';

export const concerns: readonly Concern[] = [
  jsonConcern({
    name: 'owner-references',
    value: z.array(ownerReference),
    // The reconciler writes the driver's owner itself, when it creates the pod; what no API server has stored owns nothing.
    from: ({ application, role }) =>
      role === 'driver' || application.uid === ''
        ? undefined
        : [
            {
              apiVersion: sparkApplicationApiVersion,
              kind: sparkApplicationKind,
              name: application.name,
              uid: application.uid,
              controller: false,
            },
          ],
    edit: (edit, owners) => edit.merge(['metadata', 'ownerReferences'], owners, ownerKey),
  }),
  jsonConcern({
    name: 'env',
    value: z.array(envVar),
    from: ({ spec, role }) => spec[role].env,
    edit: (edit, variables) => setVariables(edit, 'env', variables),
  }),
  jsonConcern({
    name: 'env-from',
    value: z.array(envFromSource),
    from: ({ spec, role }) => spec[role].envFrom,
    edit: (edit, sources) => edit.merge(edit.containerPath('envFrom'), sources, envFromKey),
  }),
  jsonConcern({
    name: 'config-maps',
    after: ['env'],
    value: z.array(configMapMount),
    from: configMapMounts,
    edit: (edit, mounts) => mountConfigMaps(edit, 'config-maps', mounts),
  }),
  jsonConcern({
    name: 'volumes',
    after: ['config-maps'],
    value: z.array(volume),
    from: volumes,
    edit: (edit, wanted) => addVolumes(edit, 'volumes', wanted),
  }),
  jsonConcern({
    name: 'volume-mounts',
    after: ['config-maps'],
    value: z.array(volumeMount),
    from: volumeMounts,
    edit: (edit, mounts) => addMounts(edit, 'volume-mounts', mounts),
  }),
  jsonConcern({
    name: 'ports',
    value: z.array(containerPort),
    from: ports,
    edit: (edit, wanted) => addPorts(edit, 'ports', wanted),
  }),
  jsonConcern({
    name: 'host-network',
    value: z.boolean(),
    from: ({ spec, role }) => spec[role].hostNetwork || undefined,
    edit: (edit, wanted) => {
      if (wanted) useHostNetwork(edit);
    },
  }),
  jsonConcern({
    name: 'host-aliases',
    value: z.array(hostAlias),
    from: ({ spec, role }) => spec[role].hostAliases,
    edit: addHostAliases,
  }),
  jsonConcern({
    name: 'init-containers',
    value: z.array(container),
    from: (source) => containers('initContainers', source),
    edit: (edit, wanted) => addContainers(edit, 'init-containers', 'initContainers', wanted),
  }),
  jsonConcern({
    name: 'sidecars',
    value: z.array(container),
    from: (source) => containers('sidecars', source),
    edit: (edit, wanted) => addContainers(edit, 'sidecars', 'containers', wanted),
  }),
  jsonConcern({
    name: 'dns-config',
    value: podDNSConfig,
    from: ({ spec, role }) => spec[role].dnsConfig,
    edit: (edit, wanted) => edit.set(['spec', 'dnsConfig'], wanted),
  }),
  jsonConcern({
    name: 'priority-class-name',
    value: text(253),
    from: ({ spec, role }) => spec[role].priorityClassName || undefined,
    edit: setPriorityClass,
  }),
  jsonConcern({
    name: 'scheduler-name',
    value: text(253),
    from: schedulerName,
    edit: (edit, name) => edit.set(['spec', 'schedulerName'], name),
  }),
  jsonConcern({
    name: 'node-selector',
    value: stringMap(),
    from: nodeSelector,
    edit: (edit, labels) => {
      for (const [key, value] of Object.entries(labels)) edit.set(['spec', 'nodeSelector', key], value);
    },
  }),
  jsonConcern({
    name: 'affinity',
    value: affinity,
    from: ({ spec, role }) => spec[role].affinity,
    edit: (edit, wanted) => edit.set(['spec', 'affinity'], wanted),
  }),
  jsonConcern({
    name: 'tolerations',
    value: z.array(toleration),
    from: ({ spec, role }) => spec[role].tolerations,
    edit: (edit, tolerations) => edit.merge(['spec', 'tolerations'], tolerations, tolerationKey),
  }),
  jsonConcern({
    name: 'memory-limit',
    value: memoryLimit,
    from: ({ spec, role }) => spec[role].memoryLimit || undefined,
    edit: setMemoryLimit,
  }),
  jsonConcern({ name: 'gpu', value: gpuLimit, from: gpu, edit: setGpuLimit }),
  jsonConcern({
    name: 'security-context',
    value: securityContext,
    from: ({ spec, role }) => spec[role].securityContext,
    edit: (edit, wanted) => edit.set(edit.containerPath('securityContext'), wanted),
  }),
  jsonConcern({
    name: 'pod-security-context',
    value: podSecurityContext,
    from: ({ spec, role }) => spec[role].podSecurityContext,
    edit: (edit, wanted) => edit.set(['spec', 'securityContext'], wanted),
  }),
  jsonConcern({
    name: 'termination-grace-period-seconds',
    // Kubernetes itself makes a second of what is below zero.
    value: z.int(),
    from: ({ spec, role }) => spec[role].terminationGracePeriodSeconds,
    edit: (edit, seconds) => edit.set(['spec', 'terminationGracePeriodSeconds'], seconds),
  }),
  jsonConcern({
    name: 'lifecycle',
    value: lifecycle,
    from: ({ spec, role }) => spec[role].lifecycle,
    edit: (edit, wanted) => edit.set(edit.containerPath('lifecycle'), wanted),
  }),
  jsonConcern({
    name: 'share-process-namespace',
    value: z.boolean(),
    from: ({ spec, role }) => spec[role].shareProcessNamespace || undefined,
    edit: (edit, wanted) => {
      if (wanted) edit.set(['spec', 'shareProcessNamespace'], true);
    },
  }),
];
