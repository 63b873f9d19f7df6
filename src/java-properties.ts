/**
 * Reads the format of `java.util.Properties`: what Spark's driver finds in its `spark.properties`, and what users write into
 * `spark-defaults.conf`. Comments, separators, escapes and continued lines are as `Properties.load` has them.
 */
const escaped: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** A later entry of the same key wins. */
export function parseJavaProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, key = '', value = ''] = /^((?:\\.?|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line) ?? [];
    properties.set(withoutEscapes(key), withoutEscapes(value));
  }
  return properties;
}

/** Lines without comments and blanks; one that ends in an odd number of backslashes goes on in the next. */
function* logicalLines(text: string): Iterable<string> {
  let open = '';
  let continues = false;
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const own = natural.replace(/^[ \t\f]+/, '');
    // Java looks for comments and blank lines as long as the logical line is empty, even after a lone backslash.
    if (open === '' && (own === '' || /^[#!]/.test(own))) {
      continues = false;
      continue;
    }
    const line = open + own;
    continues = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    open = continues ? line.slice(0, -1) : '';
    if (!continues) yield line;
  }
  if (continues) yield open;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_match, code: string | undefined, character = '') =>
    code === undefined ? (escaped[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
