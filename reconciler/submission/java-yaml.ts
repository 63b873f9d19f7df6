/**
 * YAML as Spark's Java client reads it into its model of Kubernetes objects: scalars by the JSON schema of YAML 1.2
 * (snakeyaml-engine), and where the model has a string, the Java text of what was read: `1.10` gives "1.1", `1e3` "1000.0".
 */
import { parseAllDocuments, type ScalarTag } from 'yaml';
import { javaDoubleText } from './java-double.js';

/** A plain scalar that is no string, until it is known what the model wants in its place. */
class PlainScalar {
  constructor(
    readonly kind: 'boolean' | 'integer' | 'float',
    private readonly text: string,
  ) {}

  get value(): boolean | number {
    return this.kind === 'boolean' ? this.text === 'true' : Number(this.text);
  }

  toString(): string {
    return this.kind === 'float' ? javaDoubleText(Number(this.text)) : this.text;
  }
}

function scalarTag(name: string, test: RegExp, resolve: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${name}`, default: true, test, resolve };
}

const scalarTags: ScalarTag[] = [
  scalarTag('null', /^(?:null)?$/, () => null),
  scalarTag('bool', /^(?:true|false)$/, (text) => new PlainScalar('boolean', text)),
  scalarTag('int', /^-?(?:0|[1-9][0-9]*)$/, (text) => new PlainScalar('integer', text)),
  scalarTag(
    'float',
    /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$/,
    (text) => new PlainScalar('float', text),
  ),
];

export interface JavaYaml {
  /** How a whole number with a leading zero is read where the model has an integer: `0644` is 420 or 644. */
  readonly leadingZero: 'octal' | 'decimal';
}

/**
 * The one object of a YAML or JSON text.
 * @throws {Error} that says what is wrong with the text
 */
export function parseJavaYaml(text: string, reading: JavaYaml): unknown {
  const documents = parseAllDocuments(text, { schema: 'failsafe', customTags: scalarTags, logLevel: 'error' });
  const [document, second] = documents;
  if (document === undefined) throw new Error('it is empty');
  if (second !== undefined) throw new Error('it has more than one document');
  const [error] = document.errors;
  if (error !== undefined) throw new Error(error.message.split('\n')[0], { cause: error });
  return modelled(document.toJS({ maxAliasCount: 100 }), 'anything', reading);
}

type Wanted = 'anything' | 'string' | 'strings' | 'integer';

/** What the model has under these names, where it is not what YAML makes of the text by itself. */
const wantedByName: ReadonlyMap<string, Wanted> = new Map<string, Wanted>([
  ...[
    'annotations',
    'labels',
    'limits',
    'matchLabels',
    'minResources',
    'nodeSelector',
    'requests',
    'volumeAttributes',
    'args',
    'command',
    'hostnames',
    'values',
  ].map((name): [string, Wanted] => [name, 'strings']),
  ...['value', 'sizeLimit', 'name', 'image', 'key', 'path', 'mountPath', 'subPath', 'ip', 'hostname'].map(
    (name): [string, Wanted] => [name, 'string'],
  ),
  ...['defaultMode', 'mode'].map((name): [string, Wanted] => [name, 'integer']),
]);

/** As Jackson fills the model and writes it again: without nulls and without empty lists. */
function modelled(value: unknown, wanted: Wanted, reading: JavaYaml): unknown {
  if (value instanceof PlainScalar) {
    return wanted === 'string' || wanted === 'strings' ? value.toString() : value.value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => modelled(item, wanted, reading)).filter((item) => item !== undefined);
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, inner]): [string, unknown] => [
      key,
      modelled(inner, wanted === 'strings' ? 'string' : (wantedByName.get(key) ?? 'anything'), reading),
    ]);
    return Object.fromEntries(members.filter(([, inner]) => inner !== undefined && !isEmptyList(inner)));
  }
  if (value === null) return undefined;
  return wanted === 'integer' && typeof value === 'string' ? integerOf(value, reading) : value;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function integerOf(text: string, { leadingZero }: JavaYaml): number | string {
  if (!/^[0-9]+$/.test(text)) return text;
  return Number.parseInt(text, leadingZero === 'octal' && /^0[0-7]+$/.test(text) ? 8 : 10);
}
