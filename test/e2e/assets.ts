/** Where the programs of Kubernetes are: etcd, kube-apiserver, kubectl and their like. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './operator-process.js';

/** The folder of KUBEBUILDER_ASSETS, else what FIRESTEEL_CLUSTER (default ../shared/cluster) offers; undefined: there is none. */
export function findAssets(): string | undefined {
  const given = process.env['KUBEBUILDER_ASSETS'];
  if (given) return given;
  const script = join(process.env['FIRESTEEL_CLUSTER'] ?? join(projectRoot, '../shared/cluster'), 'assets');
  return existsSync(script) ? execFileSync(script, { encoding: 'utf8' }).trim() : undefined;
}
