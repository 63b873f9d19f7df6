/** Sets of whole numbers as short text: `1001-1500,1503`. Executors are numbered one after another. */

/** In ascending order, each once. */
export function formatRanges(ids: Iterable<number>): string {
  const sorted = [...new Set(ids)].sort((a, b) => a - b);
  const ranges: [first: number, last: number][] = [];
  for (const id of sorted) {
    const latest = ranges.at(-1);
    if (latest !== undefined && id === latest[1] + 1) latest[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** A status that somebody wrote by hand must not name more numbers than there is memory for. */
const maximumIds = 100_000;

/** What can not be read counts as absent. */
export function parseRanges(text: string): number[] {
  const ids: number[] = [];
  for (const range of text.split(',')) {
    const [, first, last = first] = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(range) ?? [];
    if (first === undefined) continue;
    for (let id = Number(first); id <= Number(last) && ids.length < maximumIds; id += 1) ids.push(id);
  }
  return ids;
}
