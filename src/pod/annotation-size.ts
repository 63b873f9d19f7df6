/** How large the annotations of one object may be together (Kubernetes: `TotalAnnotationSizeLimitB`). */

/** Bytes, keys and values together. */
export const annotationsLimit = 256 * 1_024;

/** What counts against the limit, in bytes; a value that is no text counts as it would be written. */
export function annotationsSize(annotations: Readonly<Record<string, unknown>>): number {
  return sum(annotations, Buffer.byteLength);
}

/** Most annotations are far below the limit, which shows without looking at each character: none takes more than three bytes. */
export function isWithinLimit(annotations: Readonly<Record<string, unknown>>): boolean {
  return (
    sum(annotations, (text) => 3 * text.length) <= annotationsLimit || annotationsSize(annotations) <= annotationsLimit
  );
}

function sum(annotations: Readonly<Record<string, unknown>>, sizeOf: (text: string) => number): number {
  let total = 0;
  for (const key of Object.keys(annotations)) total += sizeOf(key) + sizeOf(String(annotations[key]));
  return total;
}
