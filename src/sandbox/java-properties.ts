/**
 * Reads what `java.util.Properties.store` wrote, as Spark's driver reads its `spark.properties`: comments, escapes and
 * continued lines as java.util.Properties.load has them.
 */
const escaped: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f' };

export function parseJavaProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = /^((?:\\.?|[^\\=:\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/su.exec(line) ?? [];
    properties.set(withoutEscapes(key), withoutEscapes(value));
  }
  return properties;
}

/** Lines without comments and blanks; one that ends in an odd number of backslashes goes on in the next. */
function* logicalLines(text: string): Iterable<string> {
  let open = '';
  for (const natural of text.split(/\r\n|\n|\r/u)) {
    const line = open + natural.trimStart();
    if (open === '' && (line === '' || /^[#!]/u.test(line))) continue;
    const continued = (/\\*$/u.exec(line)?.[0].length ?? 0) % 2 === 1;
    open = continued ? line.slice(0, -1) : '';
    if (!continued) yield line;
  }
  if (open !== '') yield open;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gsu, (_match, code: string | undefined, character = '') =>
    code === undefined ? (escaped[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
