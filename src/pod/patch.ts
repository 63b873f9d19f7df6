/** JSON patch (RFC 6902) operations and the JSON pointers (RFC 6901) in them. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

export type Path = readonly (string | number)[];

export function pointer(path: Path): string {
  let text = '';
  for (const segment of path) text += `/${typeof segment === 'number' ? segment : escaped(segment)}`;
  return text;
}

/** Most names have nothing to escape. */
function escaped(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}
