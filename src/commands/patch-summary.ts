/** A JSON patch as a person reads it: one line for each thing that came, by name and without values, which may be secret. */
import { isJsonObject } from '../pod/json.js';
import type { Operation } from '../pod/patch.js';

/** `+ volume scratch (emptyDir)`, `~ env SPARK_CONF_DIR`. */
export function summarisePatch(patch: readonly Operation[]): string[] {
  return patch.flatMap((operation) => {
    const values = isWholeList(operation) ? asList(operation.value) : [operation.value];
    return values.map((value) => `${signs[operation.op]} ${describe(operation.path, value)}`);
  });
}

const signs: Readonly<Record<Operation['op'], string>> = { add: '+', replace: '~', remove: '-' };

interface Kind {
  /** The end of the path, without indices. */
  readonly path: RegExp;
  readonly describe: (value: Readonly<Record<string, unknown>>) => string;
}

const kinds: readonly Kind[] = [
  { path: /\/spec\/volumes$/, describe: (volume) => `volume ${volume['name']} (${sourceOf(volume)})` },
  { path: /\/volumeMounts$/, describe: (mount) => `mount ${mount['mountPath']} from ${mount['name']}` },
  { path: /\/env$/, describe: (variable) => `env ${variable['name']}` },
  {
    path: /\/tolerations$/,
    describe: ({ key = 'everything', effect = 'all effects' }) => `toleration of ${key} (${effect})`,
  },
  { path: /\/ownerReferences$/, describe: (owner) => `owner ${owner['kind']} ${owner['name']}` },
];

function describe(path: string, value: unknown): string {
  const place = path.replace(/\/(\d+|-)(?=\/|$)/g, '').replace(/\/-$/, '');
  const kind = kinds.find((candidate) => candidate.path.test(place));
  if (kind !== undefined && isJsonObject(value)) return kind.describe(value);
  return (place.split('/').at(-1) ?? place).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** An `add` of a list that was not there before holds all its items. */
function isWholeList({ path, value }: Operation): boolean {
  return Array.isArray(value) && !/\/(\d+|-)$/.test(path);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function sourceOf(volume: Readonly<Record<string, unknown>>): string {
  const [kind, source] = Object.entries(volume).find(([key]) => key !== 'name') ?? ['nothing', undefined];
  const name = isJsonObject(source) ? (source['name'] ?? source['secretName'] ?? source['claimName']) : undefined;
  return name === undefined ? kind : `${kind} ${name}`;
}
