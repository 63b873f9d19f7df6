/**
 * Typed access to the values of a Spark configuration, as Spark's own `ConfigEntry` reads them: `${spark.other.key}` in a
 * value stands for that key's value, and what does not parse is refused with its key and value.
 */
import { parseDuration } from './duration.js';
import { parseJavaDouble } from './java-double.js';
import { parseSize } from './memory-size.js';
import { refused, refusedValue } from './refusal.js';

const mebi = 1024n * 1024n;
const largestInteger = 2 ** 31 - 1;
const smallestInteger = -(2 ** 31);

export class ConfReader {
  /** @param kubernetesUnits whether sizes may end in Ki, Mi … (Spark 4.2 and later) */
  constructor(
    readonly entries: ReadonlyMap<string, string>,
    private readonly kubernetesUnits: boolean,
  ) {}

  text(key: string): string | undefined {
    const value = this.entries.get(key);
    return value === undefined ? undefined : this.substituted(key, value, new Set([key]));
  }

  /** The value of the first of `keys` that is set. */
  firstText(...keys: readonly string[]): string | undefined {
    const key = keys.find((candidate) => this.entries.has(candidate));
    return key === undefined ? undefined : this.text(key);
  }

  oneOf(key: string, allowed: readonly string[], fallback: string): string {
    const value = this.text(key) ?? fallback;
    if (!allowed.includes(value)) throw refusedValue(key, value, `should be one of ${allowed.join('; ')}`);
    return value;
  }

  boolean(key: string): boolean | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const lowered = value.trim().toLowerCase();
    if (lowered !== 'true' && lowered !== 'false') throw refusedValue(key, value, 'should be true or false');
    return lowered === 'true';
  }

  integer(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const number = /^[+-]?\d{1,10}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (!(number >= smallestInteger && number <= largestInteger))
      throw refusedValue(key, value, 'should be an integer');
    return number;
  }

  double(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const number = parseJavaDouble(value);
    if (number === undefined) throw refusedValue(key, value, 'should be a number');
    return number;
  }

  /** A time in milliseconds; a number without a unit is in `defaultUnit`. */
  milliseconds(key: string, defaultUnit: 'ms' | 's'): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const time = parseDuration(value, defaultUnit);
    if (time === undefined) throw refusedValue(key, value, 'should be a time such as 30s, 500ms or 2min');
    return time;
  }

  /** A size in whole MiB, smaller units cut off; a number without a unit is MiB. */
  mebibytes(key: string): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    const bytes = parseSize(value, { kubernetesUnits: this.kubernetesUnits, defaultUnit: 'mebibyte' });
    if (bytes === undefined) {
      const examples = this.kubernetesUnits ? '512m, 2g or 2Gi' : '512m or 2g';
      throw refusedValue(
        key,
        value,
        `size must be a whole number with a unit from bytes to pebibytes, such as ${examples}`,
      );
    }
    return Number(bytes / mebi);
  }

  /** Whether the value is a size of more than 0 bytes; a number without a unit is bytes. */
  isPositiveSize(key: string): boolean {
    const bytes = parseSize(this.entries.get(key) ?? '', {
      kubernetesUnits: this.kubernetesUnits,
      defaultUnit: 'byte',
    });
    return bytes !== undefined && bytes > 0n;
  }

  /** The parts between commas, trimmed, without empty ones; none where the key is not set. */
  list(key: string): readonly string[] {
    const parts = (this.text(key) ?? '').split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }

  /** The entries whose keys begin with `prefix`, by the rest of their keys, values untouched. */
  withPrefix(prefix: string): ReadonlyMap<string, string> {
    const matching = [...this.entries].filter(([key]) => key.startsWith(prefix));
    return new Map(matching.map(([key, value]) => [key.slice(prefix.length), value]));
  }

  private substituted(key: string, value: string, seen: ReadonlySet<string>): string {
    return value.replace(/\$\{(?:(\w+?):)?(\S+?)\}/g, (reference, provider: string | undefined, name: string) => {
      if (provider === 'env' || provider === 'system') {
        throw refused(`${key}: references to \${${provider}:…} are not supported yet`);
      }
      const target = provider === undefined && name.startsWith('spark.') ? this.entries.get(name) : undefined;
      if (target === undefined) return reference;
      if (seen.has(name)) throw refusedValue(key, value, `refers to itself by way of ${name}`);
      return this.substituted(name, target, new Set([...seen, name]));
    });
  }
}
