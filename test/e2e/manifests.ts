/** Applies manifests of the project as `kubectl apply --server-side` does. */
import { join } from 'node:path';
import { applyManifest as applyDocument } from '../../src/commands/apply-manifest.js';
import { readManifests } from '../../src/commands/manifest-files.js';
import type { ApiClient } from '../../src/kube/api-client.js';
import { projectRoot } from './operator-process.js';

/**
 * @param path from the root of the project
 * @param namespace of what names none
 */
export async function applyManifest(client: ApiClient, path: string, namespace?: string): Promise<void> {
  for (const document of readManifests(join(projectRoot, path))) await applyDocument(client, document, namespace);
}
