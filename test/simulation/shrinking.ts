/** A failing run made short: moves are left out, whole kinds first, then ever smaller parts, while the same invariant breaks. */
import { moveAt } from './moves.js';
import { allMoves, type RunOptions, run } from './run.js';

type Attempt = Omit<RunOptions, 'moves' | 'tell' | 'figures'>;

/** The moves that are left; none can be left out without the invariant holding, as far as was tried. */
export async function shrink(options: Attempt, invariant: string): Promise<readonly number[]> {
  const stillBreaks = async (moves: readonly number[]) => (await run({ ...options, moves }))?.invariant === invariant;
  let moves = allMoves;
  for (const name of new Set(moves.map((index) => moveAt(options.seed, index).name))) {
    const fewer = moves.filter((index) => moveAt(options.seed, index).name !== name);
    if (await stillBreaks(fewer)) moves = fewer;
  }
  for (let size = Math.ceil(moves.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end, so that what happened after the fault goes first.
    for (let end = moves.length; end > 0; end -= size) {
      const fewer = moves.toSpliced(Math.max(0, end - size), Math.min(size, end));
      if (await stillBreaks(fewer)) moves = fewer;
    }
  }
  return moves;
}

/** As `--moves` takes them: 3-5,17. */
export function formatMoves(moves: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const move of moves) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === move - 1) last[1] = move;
    else ranges.push([move, move]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** @throws {RangeError} */
export function parseMoves(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number);
    if (!Number.isInteger(from) || !Number.isInteger(to)) throw new RangeError(`'${range}' is no range of moves`);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
