/** What charts/plain holds for those who do without Helm: some of what the chart renders for all namespaces, as it stands there. */
import { type Document, parseAllDocuments } from 'yaml';
import { type Rendering, renderChart } from './chart-rendering.js';

/** A file, and the kinds of objects in it. */
const files: Readonly<Record<string, { about: string; kinds: readonly string[] }>> = {
  'rbac.yaml': {
    about:
      'What the two processes may do, and no more. Both run in namespace `firesteel`; applications may run in any namespace.',
    kinds: ['Namespace', 'ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  },
  'registration.yaml': {
    about:
      'Sends tagged pods to the webhook. The webhook itself writes the caBundle. `firesteel run` makes its own registration.',
    kinds: ['MutatingWebhookConfiguration'],
  },
  'policy.yaml': {
    about:
      'Refuses a Spark pod that asks for features and was not seen by the webhook, also when its registration is gone.',
    kinds: ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
  },
};

const release = 'firesteel';
const namespace = `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${release}\n`;

/** @returns texts by name of file */
export function plainChart({ helm, chart }: Pick<Rendering, 'helm' | 'chart'>): ReadonlyMap<string, string> {
  const values = { spark: { jobNamespaces: [] }, crds: { install: false } };
  const rendered = renderChart({ helm, chart, release, namespace: release, values });
  const documents = parseAllDocuments(`${namespace}---\n${rendered}`).filter(({ contents }) => contents !== null);
  return new Map(
    Object.entries(files).map(([name, { about, kinds }]) => {
      const chosen = documents.filter((document) => kinds.includes(String(document.get('kind'))));
      return [name, `# ${about} Made from the chart by \`npm run plain-chart\`.\n${chosen.map(plain).join('---\n')}`];
    }),
  );
}

/** Without what Helm alone has a use for. */
function plain(document: Document): string {
  const copy = document.clone();
  copy.deleteIn(['metadata', 'labels']);
  copy.commentBefore = null;
  if (copy.contents !== null) copy.contents.commentBefore = null;
  return copy.toString({ directives: false, lineWidth: 0, flowCollectionPadding: false });
}
