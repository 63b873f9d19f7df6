/** Names derived from an application, as the peer derives them. */
import { createHash } from 'node:crypto';

const maximumLabelLength = 63;

const driverPodNameKey = 'spark.kubernetes.driver.pod.name';

/** `driver.podName`, else the Spark property, else `<application>-driver`. */
export function driverPodName(
  applicationName: string,
  spec: { driver?: { podName?: string | undefined } | undefined; sparkConf?: Record<string, string> | undefined },
): string {
  return spec.driver?.podName || spec.sparkConf?.[driverPodNameKey] || `${applicationName}-driver`;
}

/**
 * Volume of a ConfigMap: `<name>-vol`. Where that is no volume name (dots, or over 63 characters), it is cut, and a piece of
 * the name's SHA-256 keeps apart what the cut made equal.
 */
export function configMapVolumeName(configMap: string): string {
  const plain = `${configMap}-vol`;
  if (plain.length <= maximumLabelLength && !configMap.includes('.')) return plain;
  const suffix = `-${createHash('sha256').update(configMap).digest('hex').slice(0, 8)}-vol`;
  const head = configMap.replaceAll('.', '-').slice(0, maximumLabelLength - suffix.length);
  return `${head.replace(/-+$/, '')}${suffix}`;
}

/** ConfigMap with the configuration of the JMX exporter and Spark's metrics.properties. */
export function monitoringConfigMapName(applicationName: string): string {
  return `${applicationName}-prom-conf`;
}
