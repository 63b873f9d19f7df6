/** The URIs of applications and their dependencies, and how Spark tells where each of them is (`Utils.resolveURI`). */

export type ResourceLocation =
  /** No scheme, `file:`, or no URI at all: a file on the submitting machine. */
  | 'submitter'
  /** `local:`, a file in the image, or a scheme that Spark does not look at before the driver runs. */
  | 'elsewhere'
  /** A scheme for which Spark asks a Hadoop file system. */
  | 'hadoop';

const untouchedSchemes: ReadonlySet<string> = new Set(['local', 'http', 'https', 'ftp']);

export function locationOf(uri: string): ResourceLocation {
  const scheme = isUri(uri) ? /^([A-Za-z][A-Za-z0-9+.-]*):./.exec(uri)?.[1] : undefined;
  if (scheme === undefined || scheme === 'file') return 'submitter';
  return untouchedSchemes.has(scheme) ? 'elsewhere' : 'hadoop';
}

/** Whether a Hadoop file system would expand it to the files that match. */
export function isGlob(uri: string): boolean {
  return /[*?[{]/.test(uri);
}

/** The last part of the path: `https://files.example.com/jobs/etl.py` gives `etl.py`. */
export function fileNameOf(uri: string): string {
  return uri.replace(/\/+$/, '').replace(/^.*\//s, '');
}

/** What `java.net.URI` takes: no blanks, controls or `"<>\^`{|}`, a percent sign only before two hex digits, one fragment. */
function isUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\u0000-\u0020\u007f-\u00a0"<>\\^`{|}\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(text)) return false;
  return !/%(?![0-9A-Fa-f]{2})/.test(text) && text.indexOf('#') === text.lastIndexOf('#');
}

/** Credentials stand in the user part and in the query of a URI. */
export function withoutSecrets(uri: string): string {
  return uri.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}
