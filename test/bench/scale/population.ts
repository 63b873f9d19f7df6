/**
 * Many applications with their pods, as copies of real ones, put into etcd directly: made through the API server they would
 * take longer than what is to be measured. etcd keeps objects as JSON as well as in Kubernetes' own encoding.
 */
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { z } from 'zod';

const objectSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), uid: z.string(), resourceVersion: z.string() }),
});

/** One application and its pods, as the API server has them. */
export interface Family {
  readonly application: unknown;
  readonly pods: readonly unknown[];
}

const folders = { application: '/registry/sparkoperator.k8s.io/sparkapplications', pod: '/registry/pods' } as const;
const connections = 16;

export class Population {
  readonly #etcd: Pool;

  constructor(etcdUrl: string) {
    this.#etcd = new Pool(etcdUrl, { connections });
  }

  /** @param names of the new applications; everything that is called after the old one is called after the new one */
  async copy(family: Family, names: readonly string[]): Promise<void> {
    const original = objectSchema.parse(family.application).metadata.name;
    const objects = [
      { folder: folders.application, object: objectSchema.parse(family.application) },
      ...family.pods.map((pod) => ({ folder: folders.pod, object: objectSchema.parse(pod) })),
    ];
    const uids = objects.map(({ object }) => object.metadata.uid);
    const text = JSON.stringify(objects);
    const remaining = [...names];
    const worker = async () => {
      for (let name = remaining.pop(); name !== undefined; name = remaining.pop()) {
        const fresh = uids.reduce((copy, uid) => copy.replaceAll(uid, randomUUID()), text).replaceAll(original, name);
        const copies = z.array(z.object({ folder: z.string(), object: objectSchema })).parse(JSON.parse(fresh));
        for (const { folder, object } of copies) await this.#put(folder, object);
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
  }

  close(): Promise<void> {
    return this.#etcd.close();
  }

  async #put(folder: string, { metadata, ...object }: z.infer<typeof objectSchema>): Promise<void> {
    const { resourceVersion, ...kept } = metadata;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const key = base64(`${folder}/${metadata.namespace}/${metadata.name}`);
    const value = base64(JSON.stringify({ ...object, metadata: kept }));
    const answer = await this.#etcd.request({
      method: 'POST',
      path: '/v3/kv/put',
      body: JSON.stringify({ key, value }),
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`etcd refused ${metadata.name}: ${text}`);
  }
}
