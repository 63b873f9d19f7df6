/**
 * How kubectl reads YAML (sigs.k8s.io/yaml): by the rules of YAML 1.1, whatever a `%YAML` line says, with Go's numbers and without
 * the types that JSON lacks. A manifest must mean here what it means when it is applied.
 */
import { type DocumentOptions, isScalar, type ParseOptions, type ScalarTag, type SchemaOptions, type Tags } from 'yaml';

const core = (name: string) => `tag:yaml.org,2002:${name}`;

const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const notInJson = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** Digits in another base than ten, and that base. */
const bases: readonly (readonly [pattern: RegExp, base: number])[] = [
  [/^[-+]?0[xX]([0-9a-fA-F]+)$/, 16],
  [/^[-+]?0[oO]?([0-7]+)$/, 8],
  [/^[-+]?0[bB]([01]+)$/, 2],
];

/** Underscores may stand anywhere, but in what begins with a dot only between digits. */
function readNumber(source: string): number | undefined {
  if (notInJson.test(source)) return Number.NaN;
  const plain = source.replace(source.startsWith('.') ? /(?<=[0-9])_(?=[0-9])/g : /_/g, '');
  for (const [pattern, base] of bases) {
    const [, digits] = pattern.exec(plain) ?? [];
    // JSON has no negative zero.
    if (digits !== undefined) return (plain.startsWith('-') ? -1 : 1) * Number.parseInt(digits, base) || 0;
  }
  const value = decimal.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value || 0 : undefined;
}

/** Comes before the library's own: what begins like a number and is none, base sixty and dates too, is a text. */
const number: ScalarTag = {
  tag: core('float'),
  default: true,
  test: /^[-+.0-9]/,
  resolve: (source) => readNumber(source) ?? source,
};

const integer: ScalarTag = { tag: core('int'), resolve: number.resolve };

const binary: ScalarTag = {
  tag: core('binary'),
  resolve: (source) => Buffer.from(source, 'base64').toString(),
};

const replaced: ReadonlySet<string> = new Set(
  ['int', 'float', 'timestamp', 'binary', 'omap', 'pairs', 'set'].map(core),
);

function customTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => typeof tag === 'string' || !replaced.has(tag.tag));
  return [number, integer, binary, ...kept.map((tag) => (isMerge(tag) ? overridingMerge(tag) : tag))];
}

const isMerge = (tag: Tags[number]): tag is ScalarTag => typeof tag !== 'string' && tag.tag === core('merge');

/** What is merged wins over what stands before it, and loses against what stands after it. */
function overridingMerge(tag: ScalarTag): ScalarTag {
  return {
    ...tag,
    resolve: (source, onError, options) => {
      const key = tag.resolve(source, onError, options);
      const merge = isScalar(key) ? key.addToJSMap : undefined;
      if (!isScalar(key) || merge === undefined) return key;
      key.addToJSMap = (context, map, value) => {
        const merged = new Map<unknown, unknown>();
        merge(context, merged, value);
        for (const [name, member] of merged) setOwn(map, String(name), member);
      };
      return key;
    },
  };
}

function setOwn(map: object, name: string, value: unknown): void {
  Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
}

/** For `Composer` and its like. */
export const kubectlYaml: DocumentOptions & ParseOptions & SchemaOptions = {
  schema: 'yaml-1.1',
  resolveKnownTags: false,
  customTags,
};
