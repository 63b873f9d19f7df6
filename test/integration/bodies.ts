/** The smallest objects that an API server takes, with what a test adds; `apiVersion` and `kind` the site puts in. */
export const configMap = (name: string, metadata: object = {}, data: Record<string, string> = { a: '1' }) => ({
  metadata: { name, ...metadata },
  data,
});

export const pod = (name: string, metadata: object = {}, spec: object = {}) => ({
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'main', image: 'spark:4.1.4' }], ...spec },
});

export const application = (name: string, spec: object = {}, metadata: object = {}) => ({
  metadata: { name, ...metadata },
  spec: {
    type: 'Scala',
    mode: 'cluster',
    image: 'spark:4.1.4',
    mainClass: 'Main',
    mainApplicationFile: 'local:///a.jar',
    sparkVersion: '4.1.4',
    ...spec,
  },
});

/** What makes an object depend on another. */
export const ownedBy = (
  { kind, metadata: { name, uid } }: { kind: string; metadata: { name: string; uid: string } },
  more: object = {},
) => ({ ownerReferences: [{ apiVersion: 'v1', kind, name, uid, ...more }] });
