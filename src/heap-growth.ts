/**
 * How far the heap grows before it is collected. Left alone, V8 lets it become some four times what is in use, because what a
 * list of ten thousand objects leaves behind looks like work that goes on; most of a reconciler's memory would be garbage.
 */
import { setFlagsFromString } from 'node:v8';

/** Beyond what was in use after the last collection; less costs more CPU while much is read. */
const growingPercent = 40;

/** For processes that keep much and make little; of V8's flags this is one that it reads anew for each collection. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}
