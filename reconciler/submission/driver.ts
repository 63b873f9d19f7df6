/** The driver under construction, as the feature steps hand it on to each other, and what they may add to it. */
import type {
  ConfigMap,
  Container,
  EnvVar,
  PersistentVolumeClaim,
  PodSpec,
  Secret,
  Service,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';

/** An object that says what it is and what it is called. */
type Named<T extends { apiVersion?: string; kind?: string }> = T & {
  apiVersion: NonNullable<T['apiVersion']>;
  kind: NonNullable<T['kind']>;
  metadata: ObjectMeta & { name: string };
};

/** `scheduling.volcano.sh/v1beta1`; what stands in its spec is Volcano's affair. */
export interface PodGroup {
  readonly apiVersion: 'scheduling.volcano.sh/v1beta1';
  readonly kind: 'PodGroup';
  readonly metadata: ObjectMeta & { name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export type DriverResource =
  | Named<Service>
  | Named<NetworkPolicy>
  | Named<Secret>
  | Named<ConfigMap>
  | Named<PersistentVolumeClaim>
  | PodGroup;

export interface Driver {
  readonly metadata: ObjectMeta;
  /** Of the pod, without its containers. */
  readonly spec: Omit<PodSpec, 'containers'>;
  /** The one that runs Spark; in the pod it comes after the others. */
  readonly container: Container;
  readonly otherContainers: readonly Container[];
  /** What the steps add to the configuration; later steps override earlier ones. */
  readonly properties: ReadonlyMap<string, string>;
  /** Created before the pod, and given to it afterwards. */
  readonly preResources: readonly DriverResource[];
  readonly resources: readonly DriverResource[];
}

export const emptyDriver: Driver = {
  metadata: {},
  spec: {},
  container: { name: 'spark-kubernetes-driver' },
  otherContainers: [],
  properties: new Map(),
  preResources: [],
  resources: [],
};

export function withContainer(driver: Driver, changes: Partial<Container>): Driver {
  return { ...driver, container: { ...driver.container, ...changes } };
}

export function withEnv(driver: Driver, variables: readonly EnvVar[]): Driver {
  return variables.length === 0
    ? driver
    : withContainer(driver, { env: [...(driver.container.env ?? []), ...variables] });
}

/** Each volume together with where the driver's container mounts it. */
export function withMountedVolumes(
  driver: Driver,
  mounted: readonly { readonly volume: Volume; readonly mount: Omit<VolumeMount, 'name'> }[],
): Driver {
  if (mounted.length === 0) return driver;
  const volumes = mounted.map(({ volume }) => volume);
  const mounts = mounted.map(({ volume, mount }) => ({ name: volume.name, ...mount }));
  return {
    ...withContainer(driver, { volumeMounts: [...(driver.container.volumeMounts ?? []), ...mounts] }),
    spec: { ...driver.spec, volumes: [...(driver.spec.volumes ?? []), ...volumes] },
  };
}

export function withProperties(driver: Driver, properties: Readonly<Record<string, string>>): Driver {
  return { ...driver, properties: new Map([...driver.properties, ...Object.entries(properties)]) };
}

export function withPreResource(driver: Driver, resource: DriverResource): Driver {
  return { ...driver, preResources: [...driver.preResources, resource] };
}

export function withResource(driver: Driver, resource: DriverResource): Driver {
  return { ...driver, resources: [...driver.resources, resource] };
}

/** `{ [name]: map }`, or nothing where the map is empty: Spark sends no empty maps. */
export function unlessEmpty<K extends string>(
  name: K,
  map: ReadonlyMap<string, string>,
): { [P in K]?: Record<string, string> } {
  const result: { [P in K]?: Record<string, string> } = {};
  if (map.size > 0) result[name] = Object.fromEntries(map);
  return result;
}
