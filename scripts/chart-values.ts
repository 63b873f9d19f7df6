/** The table of a chart's values for its README: path, default and the comment (`# -- …`) of each in values.yaml. */
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

interface Value {
  readonly path: string;
  readonly default: string;
  readonly description: string;
}

export function chartValuesTable(text: string): string {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is not a map');
  const rows = valuesOf(contents, '').map(
    ({ path, default: value, description }) => `| \`${path}\` | ${value} | ${description} |\n`,
  );
  return `| value | default | |\n|---|---|---|\n${rows.join('')}`;
}

/** What has a comment of its own is shown whole; what has none is a folder of values. */
function valuesOf(map: YAMLMap, prefix: string): Value[] {
  return map.items.flatMap((pair, index) => {
    const path = `${prefix}${keyOf(pair)}`;
    // That of the first one stands at the map.
    const description = commentOf(pair) ?? (index === 0 ? textOf(map.commentBefore) : undefined);
    if (description === undefined && isMap(pair.value) && pair.value.items.length > 0) {
      return valuesOf(pair.value, `${path}.`);
    }
    return [{ path, default: defaultOf(pair.value), description: description ?? '' }];
  });
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function commentOf({ key }: Pair): string | undefined {
  return isScalar(key) ? textOf(key.commentBefore) : undefined;
}

function textOf(comment: string | null | undefined): string | undefined {
  const [, text] = /(?:^|\n) -- ([\s\S]*)$/.exec(comment ?? '') ?? [];
  return text?.replaceAll(/\n\s*/g, ' ');
}

function defaultOf(value: unknown): string {
  const plain = value !== null && typeof value === 'object' && 'toJSON' in value ? value : undefined;
  const json = JSON.stringify(plain);
  return json === '""' ? 'empty' : `\`${json}\``;
}
