/** PodTemplateConfigMapStep: the template of the executors, which the driver reads from a ConfigMap, as it is. */
import { type Driver, withMountedVolumes, withProperties, withResource } from '../driver.js';
import { whyMissing } from '../pod-template.js';
import { refused } from '../refusal.js';
import type { Submission } from '../submission.js';
import { executorTemplateKey, utf8TextOrNothing } from '../submitter-files.js';

const directory = '/opt/spark/pod-template';
const fileName = 'pod-spec-template.yml';
const dataKey = 'podspec-configmap-key';

export function podTemplateConfigMap(driver: Driver, submission: Submission): Driver {
  const location = submission.conf.text(executorTemplateKey);
  if (location === undefined) return driver;
  const bytes = submission.files.files.get(location);
  if (bytes === undefined) throw refused(`${executorTemplateKey}: ${location} ${whyMissing(location)}`);
  const text = utf8TextOrNothing(bytes);
  if (text === undefined) throw refused(`${executorTemplateKey}: ${location} is not UTF-8 text`);
  const name = `${submission.resourceNamePrefix}-driver-podspec-conf-map`;
  const withConfigMap = withResource(driver, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    immutable: true,
    data: { [dataKey]: text },
  });
  const volume = { name: 'pod-template-volume', configMap: { name, items: [{ key: dataKey, path: fileName }] } };
  const mounted = withMountedVolumes(withConfigMap, [{ volume, mount: { mountPath: directory } }]);
  return withProperties(mounted, { [executorTemplateKey]: `${directory}/${fileName}` });
}
