/** Lengths of time as Go writes them, and so the flags of the peer: 90s, 15m, 1h30m. */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const whole = /^(?:\d{1,9}(?:ms|s|m|h)){1,4}$/;
const parts = /(\d+)(ms|s|m|h)/g;

/** Ten years: what is meant to be never. */
const longest = 10 * 365 * 24 * 3_600_000;

export const durationText = 'a length of time such as 90s, 15m or 1h30m, above 0 and up to 87600h';

/** In milliseconds; undefined for what is none, zero or beyond ten years. */
export function parseDuration(text: string): number | undefined {
  if (!whole.test(text)) return undefined;
  let milliseconds = 0;
  for (const [, count, unit = ''] of text.matchAll(parts)) milliseconds += Number(count) * (units[unit] ?? 0);
  return milliseconds > 0 && milliseconds <= longest ? milliseconds : undefined;
}

/** Roughly, for people: 6h, 1h30m, 45s. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const text = [hours > 0 && `${hours}h`, minutes > 0 && `${minutes}m`, rest > 0 && hours === 0 && `${rest}s`];
  return text.filter(Boolean).join('') || '0s';
}
