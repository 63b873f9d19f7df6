/** How large the annotations of one object may be together (Kubernetes: `TotalAnnotationSizeLimitB`). */

/** Bytes, keys and values together. */
export const annotationsLimit = 256 * 1_024;

/** What counts against the limit, in bytes; a value that is no text counts as it would be written. */
export function annotationsSize(annotations: Readonly<Record<string, unknown>>): number {
  return Object.entries(annotations).reduce(
    (total, [key, value]) => total + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  );
}
