/** The ways in which a release may be told its namespaces: a row is one. */

export interface InstallationKind {
  readonly title: string;
  /** @param namespaces those of applications */
  readonly values: (namespaces: readonly string[]) => object;
  /** Labels of those namespaces. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the chart makes the account of drivers there. */
  readonly makesDriverAccounts: boolean;
}

/** The last one serves the namespaces of the others too. */
export const installationKinds: readonly InstallationKind[] = [
  {
    title: 'a list of namespaces, with separate reconcilers',
    values: (namespaces) => ({ spark: { jobNamespaces: namespaces }, reconciler: { placement: 'separate' } }),
    labels: {},
    makesDriverAccounts: true,
  },
  {
    title: 'namespaces with a label',
    values: () => ({ spark: { jobNamespaces: [], jobNamespaceSelector: 'rights=toured' } }),
    labels: { rights: 'toured' },
    makesDriverAccounts: false,
  },
  {
    title: 'all namespaces',
    values: () => ({ spark: { jobNamespaces: [] } }),
    labels: {},
    makesDriverAccounts: false,
  },
];
