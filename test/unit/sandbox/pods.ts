/** Pods as the simulated node reads them. */
import { type SimulatedPod, simulatedPodSchema } from '../../../src/sandbox/simulated-pod.js';

interface PodTraits {
  role?: 'driver' | 'executor';
  /** Without the prefix `sandbox.firesteel/`. */
  script?: Record<string, string>;
  configMap?: string;
  sidecar?: string;
  status?: object;
  deletionTimestamp?: string;
}

export function pod({
  role = 'driver',
  script = {},
  configMap,
  sidecar,
  status,
  ...metadata
}: PodTraits = {}): SimulatedPod {
  const annotations = Object.fromEntries(
    Object.entries(script).map(([key, value]) => [`sandbox.firesteel/${key}`, value]),
  );
  return simulatedPodSchema.parse({
    metadata: {
      name: `pi-${role}`,
      namespace: 'jobs',
      uid: '0b0f1c9e-0000-4000-8000-000000000001',
      resourceVersion: '7',
      labels: {
        'spark-role': role,
        'spark-app-selector': 'spark-1',
        'spark-app-name': 'pi',
        'spark-version': '4.1.4',
      },
      annotations,
      ...metadata,
    },
    spec: {
      containers: [
        ...(sidecar === undefined ? [] : [{ name: sidecar, image: 'sidecar:1' }]),
        { name: `spark-kubernetes-${role}`, image: 'spark:4.1.4', terminationMessagePolicy: 'FallbackToLogsOnError' },
      ],
      volumes: configMap === undefined ? [] : [{ name: 'conf', configMap: { name: configMap } }],
    },
    ...(status === undefined ? {} : { status }),
  });
}
