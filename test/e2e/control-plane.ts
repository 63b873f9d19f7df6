/**
 * A Kubernetes control plane of one's own: etcd and kube-apiserver on free loopback ports, and kube-controller-manager
 * (garbage collection, namespaces, service accounts) where its binary is there. RBAC is on; the one credential is a token
 * of the group system:masters, in the kubeconfig. Everything lives in one temporary folder, which `stop` removes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.js';

export interface ControlPlane {
  readonly kubeconfig: string;
  /** Process ids by the names of the programs. */
  readonly processes: ReadonlyMap<string, number>;
  readonly etcdUrl: string;
  /** File with the API server's own record: what was done to pods, and what service accounts asked for. */
  readonly auditLog: string;
  stop(): Promise<void>;
}

export interface ControlPlaneOptions {
  /** Of kube-apiserver, beside those that it gets anyway. */
  apiServerFlags?: readonly string[];
  /** Whether kube-controller-manager runs; default: where its binary is there. */
  controllers?: boolean;
}

const readyWithinMilliseconds = 90_000;

/** The controllers that the tests rely on; the others would only take CPU from what is tested. */
const controllerNames = [
  'garbage-collector-controller',
  'namespace-controller',
  'root-ca-certificate-publisher-controller',
  'serviceaccount-controller',
];

/**
 * @param assets folder with the binaries `etcd` and `kube-apiserver`, and perhaps `kube-controller-manager`
 * @throws with the end of the log when the API server does not become ready
 */
export async function startControlPlane(assets: string, options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const home = mkdtempSync(join(tmpdir(), 'firesteel-control-plane-'));
  const children = new Map<string, ChildProcess>();
  const run = (name: string, flags: string[]) => {
    const child = start(home, assets, name, flags);
    children.set(name, child);
    return child;
  };
  const stop = async () => {
    for (const child of [...children.values()].toReversed()) await end(child);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const { apiServerFlags: more = [], controllers = true } = options;
    const hasControllers = controllers && existsSync(join(assets, 'kube-controller-manager'));
    const etcdUrl = `http://127.0.0.1:${await freePort()}`;
    const port = await freePort();
    const kubeconfig = writeCredentials(home, port);
    run('etcd', await etcdFlags(home, etcdUrl));
    const server = run('kube-apiserver', [...apiServerFlags(home, etcdUrl, port, hasControllers), ...more]);
    await untilReady(home, port, server);
    if (hasControllers) run('kube-controller-manager', await controllerFlags(home, kubeconfig));
    const processes = new Map([...children].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])));
    return { kubeconfig, auditLog: auditLogOf(home), processes, etcdUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes token, service account keys and kubeconfig; the certificate is made by kube-apiserver itself when it starts. */
function writeCredentials(home: string, port: number): string {
  const token = randomBytes(24).toString('hex');
  writeFileSync(join(home, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const keys = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  writeFileSync(join(home, 'service-account.key'), keys.privateKey, { mode: 0o600 });
  writeFileSync(join(home, 'service-account.pub'), keys.publicKey);
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'local',
        cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': join(home, 'apiserver.crt') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'local',
  };
  const path = join(home, 'kubeconfig');
  writeFileSync(path, JSON.stringify(kubeconfig), { mode: 0o600 });
  return path;
}

/** Who creates, starts, ends and deletes pods; and whatever service accounts ask for, with the right that lets them. */
export function writeAuditPolicy(home: string): string {
  const pods = (resource: string) => [{ group: '', resources: [resource] }];
  const policy = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'RequestResponse', verbs: ['create', 'delete'], resources: pods('pods') },
      { level: 'RequestResponse', verbs: ['update', 'patch'], resources: pods('pods/status') },
      { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
      { level: 'None' },
    ],
  };
  const path = join(home, 'audit-policy.json');
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

function auditLogOf(home: string): string {
  return join(home, 'audit.log');
}

async function etcdFlags(home: string, url: string): Promise<string[]> {
  return [
    `--data-dir=${join(home, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=http://127.0.0.1:${await freePort()}`,
    '--unsafe-no-fsync',
  ];
}

function apiServerFlags(home: string, etcdUrl: string, port: number, hasControllers: boolean): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${home}`,
    `--token-auth-file=${join(home, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(home, 'service-account.pub')}`,
    `--service-account-signing-key-file=${join(home, 'service-account.key')}`,
    '--allow-privileged=true',
    `--audit-policy-file=${writeAuditPolicy(home)}`,
    `--audit-log-path=${auditLogOf(home)}`,
    // Without controllers nobody makes the service accounts that this plugin asks every pod for.
    ...(hasControllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ];
}

async function controllerFlags(home: string, kubeconfig: string): Promise<string[]> {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${controllerNames.join(',')}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${await freePort()}`,
    `--cert-dir=${join(home, 'controller-manager')}`,
    '--leader-elect=false',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    `--service-account-private-key-file=${join(home, 'service-account.key')}`,
    `--root-ca-file=${join(home, 'apiserver.crt')}`,
  ];
}

function start(home: string, assets: string, name: string, flags: string[]): ChildProcess {
  const log = openSync(logOf(home, name), 'w');
  const child = spawn(join(assets, name), flags, { stdio: ['ignore', log, log] });
  closeSync(log);
  child.on('error', () => {}); // also shows as a log without an end: `untilReady` tells
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(overdue);
}

async function untilReady(home: string, port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + readyWithinMilliseconds;
  while (Date.now() < deadline && server.exitCode === null && server.pid !== undefined) {
    if (await isReady(home, port)) return;
    await delay(100);
  }
  const log = existsSync(logOf(home, 'kube-apiserver')) ? readFileSync(logOf(home, 'kube-apiserver'), 'utf8') : '';
  throw new Error(`kube-apiserver did not become ready; the end of its log:\n${log.slice(-2_000)}`);
}

function isReady(home: string, port: number): Promise<boolean> {
  const authority = join(home, 'apiserver.crt');
  if (!existsSync(authority)) return Promise.resolve(false);
  const token = readFileSync(join(home, 'tokens.csv'), 'utf8').split(',')[0] ?? '';
  return new Promise((resolve) => {
    const readyz = request(
      {
        host: '127.0.0.1',
        port,
        path: '/readyz',
        ca: readFileSync(authority),
        headers: { authorization: `Bearer ${token}` },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    readyz.on('error', () => resolve(false));
    readyz.end();
  });
}

function logOf(home: string, name: string): string {
  return join(home, `${name}.log`);
}
