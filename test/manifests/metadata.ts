/** Objects around a spec that is right: changes of the object, and what an API server and we say of them. */

export interface MetadataCase {
  readonly what: string;
  /** Over the top of the object. */
  readonly object?: object;
  readonly metadata?: object;
}

const unknownField = /unknown field/;
const type = /must be of type|cannot unmarshal/;
const label = /not a name|not a value|Invalid value/;

/** Each with its path and words that both use; those of a map name the key in the path or in the message. */
export const invalidMetadata: readonly (MetadataCase & { readonly problem: readonly [path: string, words: RegExp] })[] =
  [
    { what: 'an unknown field beside the spec', object: { foo: 1 }, problem: ['foo', unknownField] },
    { what: 'a misspelt field', metadata: { lables: { a: 'b' } }, problem: ['metadata.lables', unknownField] },
    {
      what: 'a field of former versions',
      metadata: { clusterName: 'a' },
      problem: ['metadata.clusterName', unknownField],
    },
    {
      what: 'a misspelt field of an owner',
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', x: 1 }] },
      problem: ['metadata.ownerReferences[0].x', unknownField],
    },
    { what: 'a number as annotation', metadata: { annotations: { a: 1 } }, problem: ['metadata.annotations.a', type] },
    { what: 'a number as label', metadata: { labels: { a: 1 } }, problem: ['metadata.labels.a', type] },
    { what: 'a number as name', metadata: { name: 1 }, problem: ['metadata.name', type] },
    { what: 'a number as finalizer', metadata: { finalizers: [1] }, problem: ['metadata.finalizers[0]', type] },
    { what: 'a text as generation', metadata: { generation: 'a' }, problem: ['metadata.generation', type] },
    {
      what: 'a label whose key is none',
      metadata: { labels: { 'a b': 'c' } },
      problem: ['metadata.labels["a b"]', label],
    },
    { what: 'a label whose value is none', metadata: { labels: { a: 'c d' } }, problem: ['metadata.labels.a', label] },
    {
      what: 'a label with what Spark replaces',
      metadata: { labels: { a: '{{APP_ID}}' } },
      problem: ['metadata.labels.a', label],
    },
    {
      what: 'an annotation whose key is none',
      metadata: { annotations: { 'a b': 'c' } },
      problem: ['metadata.annotations["a b"]', label],
    },
    { what: 'no name', metadata: { name: undefined }, problem: ['metadata.name', /required/i] },
    { what: 'no metadata', object: { metadata: null }, problem: ['metadata.name', /required/i] },
    {
      what: 'a name to be generated from what is none',
      metadata: { name: undefined, generateName: 'PI_' },
      problem: ['metadata.name', /lower-case letters, digits and dashes/],
    },
  ];

export const validMetadata: readonly MetadataCase[] = [
  { what: 'a name to be generated', metadata: { name: undefined, generateName: 'pi-' } },
  { what: 'a name to be generated, of full length', metadata: { name: '', generateName: `a${'b'.repeat(70)}` } },
  { what: 'nulls in maps', metadata: { labels: { a: null }, annotations: { b: null } } },
  { what: 'nulls', metadata: { labels: null, annotations: null, finalizers: null, creationTimestamp: null } },
  { what: 'an annotation in capitals', metadata: { annotations: { 'A.B/c': 'd' } } },
  {
    what: 'what an API server has written',
    object: { status: { applicationState: { state: 'RUNNING' }, more: 1 } },
    metadata: {
      uid: 'a',
      resourceVersion: '12',
      generation: 3,
      selfLink: '/x',
      creationTimestamp: '2026-01-01T00:00:00Z',
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 3,
      finalizers: ['orphan'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b', controller: true }],
    },
  },
];
