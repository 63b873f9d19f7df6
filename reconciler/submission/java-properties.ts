/** Text that `java.util.Properties` reads back: the format of `spark.properties` in the driver's ConfigMap. */

/**
 * As `Properties.store` writes it, except that lines are sorted by key, so that the same submission is the same text.
 * @param comment one line
 * @param time milliseconds since the epoch, for the second comment line
 */
export function formatJavaProperties(entries: ReadonlyMap<string, string>, comment: string, time: number): string {
  const lines = [...entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${escapeKey(key)}=${escapeValue(value)}`);
  return `${[`#${comment}`, `#${javaDateText(time)}`, ...lines].join('\n')}\n`;
}

const escapes: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' };

function escapeKey(key: string): string {
  return escapeSpecials(key).replaceAll(' ', '\\ ');
}

/** In values, only a blank at the start would be lost. */
function escapeValue(value: string): string {
  return escapeSpecials(value).replace(/^ /, '\\ ');
}

function escapeSpecials(text: string): string {
  return text.replace(/[\\=:#!\t\n\r\f]/g, (character) => escapes[character] ?? `\\${character}`);
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `java.util.Date.toString` in UTC: `Thu Nov 12 06:42:00 UTC 2026`. */
export function javaDateText(time: number): string {
  const date = new Date(time);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const clock = date.toISOString().slice(11, 19);
  return `${weekdays[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${clock} UTC ${date.getUTCFullYear()}`;
}
