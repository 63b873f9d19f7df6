/**
 * The memory limit of a role: a size as Spark writes it (`2g`, `512m`, also in capitals and with fractions), or a quantity of
 * Kubernetes. Where both could be meant (`1500M`), it is Spark's, as in the later releases of the peer.
 */
import { formatQuantity, parseQuantity } from './quantity.js';

const javaSize = /^([0-9.]+) ?(?:([kmgtp])b?|b)$/i;

/** The limit as a canonical quantity; undefined for what is neither a size nor a quantity above zero. */
export function memoryLimitQuantity(text: string): string | undefined {
  const [isJava, number, unit] = javaSize.exec(text) ?? [];
  const quantity = parseQuantity(isJava === undefined ? text : `${number}${binaryUnit(unit)}`);
  return quantity === undefined || quantity.nano <= 0n ? undefined : formatQuantity(quantity);
}

/** Without one: bytes. */
function binaryUnit(unit: string | undefined): string {
  return unit === undefined ? '' : `${unit.toUpperCase()}i`;
}
