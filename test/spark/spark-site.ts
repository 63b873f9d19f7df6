/** A namespace on a real node in which Spark may ask for its executors, with `firesteel run` beside it on this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createObject } from '../../src/kube/api-client.js';
import { configMaps, pods, resourcePath, sparkApplications } from '../../src/kube/resources.js';
import { applyManifest } from '../e2e/manifests.js';
import { projectRoot } from '../e2e/operator-process.js';
import { Site } from '../e2e/site.js';

/** An application takes 20 to 60 s on two cores, most of it the start of its JVMs. */
export const sparkMilliseconds = 300_000;

const manifestSchema = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });

export class SparkSite {
  private constructor(readonly site: Site) {}

  /** @param podMutation `template`: no webhook is there */
  static async open(subject: string, podMutation: 'webhook' | 'template' = 'webhook'): Promise<SparkSite> {
    const site = await Site.open(subject, 'real');
    const { client, namespace } = site;
    await applyManifest(client, 'examples/driver-rights.yaml', namespace);
    if (podMutation === 'webhook') await site.startRun();
    else await site.spawn('reconciler', { kubeconfig: site.kubeconfig, 'pod-mutation': podMutation }).ready();
    return new SparkSite(site);
  }

  async close(): Promise<void> {
    await this.site.close();
  }

  /** Applies an example of the project as it stands; nothing but its namespace is added. */
  async submitExample(path: string): Promise<string> {
    const { metadata, ...example } = manifestSchema.parse(parse(readFileSync(join(projectRoot, path), 'utf8')));
    const { client, namespace } = this.site;
    await createObject(client, sparkApplications, namespace, { ...example, metadata: { ...metadata, namespace } });
    return metadata.name;
  }

  async createConfigMap(name: string, data: Record<string, string>): Promise<void> {
    await createObject(this.site.client, configMaps, this.site.namespace, { ...named('v1', 'ConfigMap', name), data });
  }

  /** What the driver of the application wrote so far; a pod with several containers wants to know which. */
  async driverLog(application: string, container?: string): Promise<string> {
    const { client, namespace } = this.site;
    const path = resourcePath(pods, { namespace, name: `${application}-driver`, subresource: 'log' });
    const lines: string[] = [];
    for await (const line of client.lines(
      { method: 'GET', path, ...(container === undefined ? {} : { query: { container } }) },
      new AbortController().signal,
    ))
      lines.push(line);
    return lines.join('\n');
  }
}

function named(apiVersion: string, kind: string, name: string) {
  return { apiVersion, kind, metadata: { name } };
}
