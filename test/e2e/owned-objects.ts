/** The objects that belong to a pod: of which it is the controlling owner. */
import type { ConfigMap, Pod, Service } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import { z } from 'zod';
import { configMaps, type Resource, services } from '../../src/kube/resources.js';
import type { Site } from './site.js';

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const serviceSchema = z.custom<Service>(isObject);
const configMapSchema = z.custom<ConfigMap>(isObject);

export class OwnedObjects {
  private constructor(
    readonly services: readonly Service[],
    readonly configMaps: readonly ConfigMap[],
  ) {}

  static async of(site: Site, pod: Pod): Promise<OwnedObjects> {
    const owned = async <T extends { metadata?: ObjectMeta }>(resource: Resource, schema: z.ZodType<T>) =>
      z
        .array(schema)
        .parse(await site.list(resource))
        .filter(({ metadata }) =>
          metadata?.ownerReferences?.some(({ uid, controller }) => uid === pod.metadata?.uid && controller === true),
        );
    return new OwnedObjects(await owned(services, serviceSchema), await owned(configMaps, configMapSchema));
  }
}
