/**
 * The HTTP requests of the benchmark: the review of a driver pod of 10 KB whose annotations ask for 12 edits, as an API server
 * sends it. Where they are not to repeat, a number in each annotation is counted up in the bytes.
 */
import { podMutationPath } from '../../webhook/registration.js';
import { podWith } from '../unit/pod/pods.js';
import { podReview } from '../unit/webhook/reviews.js';

/** Ten digits that stand in each annotation. */
const mark = '7700000000';

const annotations = {
  env: [
    { name: 'AWS_REGION', value: 'eu-central-1' },
    { name: 'RUN', value: mark },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
  ],
  'env-from': [{ configMapRef: { name: `settings-${mark}` } }],
  'config-maps': [{ name: `log4j2-${mark}`, path: '/etc/log4j2' }],
  volumes: [
    { name: `data-${mark}`, persistentVolumeClaim: { claimName: 'data' } },
    { name: 'scratch', emptyDir: { sizeLimit: '10Gi' } },
  ],
  'volume-mounts': [
    { name: `data-${mark}`, mountPath: '/data' },
    { name: 'scratch', mountPath: '/scratch', subPath: 'a' },
  ],
  sidecars: [
    {
      name: 'shipper',
      image: `registry.example.com/fluent-bit:${mark}`,
      args: ['-c', '/etc/fluent-bit.conf'],
      resources: { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '10m', memory: '32Mi' } },
      volumeMounts: [{ name: 'scratch', mountPath: '/logs' }],
    },
  ],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'pool', operator: 'In', values: [mark] }] }],
      },
    },
  },
  tolerations: [{ key: 'spot', operator: 'Equal', value: mark, effect: 'NoSchedule' }],
  'node-selector': { 'kubernetes.io/arch': 'amd64', run: mark },
  'security-context': { runAsNonRoot: true, runAsUser: Number(mark), capabilities: { drop: ['ALL'] } },
  lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', `sleep ${mark}`] } } },
  'dns-config': { searches: [`r${mark}.example.com`] },
};

/** As an API server sends pods, with what Spark puts into its driver, up to 10 KB. */
function pod(): object {
  const plain = podWith(annotations, {
    spec: { dnsPolicy: 'ClusterFirst', volumes: [{ name: 'spark-conf-volume-driver', configMap: { name: 'conf' } }] },
    container: {
      volumeMounts: [{ name: 'spark-conf-volume-driver', mountPath: '/opt/spark/conf' }],
      env: Array.from({ length: 40 }, (_, index) => ({ name: `SPARK_VARIABLE_${index}`, value: 'x'.repeat(60) })),
      resources: { limits: { memory: '1408Mi' }, requests: { cpu: '1', memory: '1408Mi' } },
    },
  });
  const missing = 10_240 - JSON.stringify(plain).length;
  const managedFields = [{ manager: 'okhttp', fieldsV1: { 'f:spec': 'x'.repeat(Math.max(0, missing)) } }];
  return { ...plain, metadata: { ...plain.metadata, managedFields } };
}

export function reviewRequest(): Buffer {
  const body = Buffer.from(JSON.stringify(podReview(pod())));
  const head =
    `POST ${podMutationPath}?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: kube-apiserver-admission\r\n` +
    `Accept: application/json, */*\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The next request of a connection. It is written over when the connection asks again, having had its answer. */
export type NextRequest = (connection: number) => Buffer;

/** The same bytes for every request. */
export function repeated(): NextRequest {
  const request = reviewRequest();
  return () => request;
}

/** Each annotation of each request is another one. */
export function neverRepeated(): NextRequest {
  const template = reviewRequest();
  const places: number[] = [];
  for (let at = template.indexOf(mark); at >= 0; at = template.indexOf(mark, at + 1)) places.push(at);
  const requests = new Map<number, Buffer>();
  const digits = Buffer.from(mark);
  let count = Number(mark);
  return (connection) => {
    const request = requests.get(connection) ?? Buffer.from(template);
    requests.set(connection, request);
    count += 1;
    digits.write(String(count), 'latin1');
    for (const place of places) request.set(digits, place);
    return request;
  };
}
