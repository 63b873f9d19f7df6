/** Fields that hold a size or a share, each in the syntax of whoever reads it in the end: Spark or Kubernetes. */
import { formed } from './field.js';

/** What every one of them may be besides: empty, which the peer reads as left out. */
const orEmpty = (pattern: string) => new RegExp(`^(${pattern})?$`);

const decimal = '([0-9]+(\\.[0-9]*)?|\\.[0-9]+)';

/** `JavaUtils.byteStringAs`: a whole number and a unit; a bare number is in MiB. */
export function javaSize() {
  const pattern = orEmpty(' *[0-9]+([bBkKmMgGtTpP]|[kKmMgGtTpP][bB])? *');
  return formed(pattern, 'a size as Spark reads it: a whole number and a unit, such as 512m or 4g', 64);
}

/** resource.Quantity without a sign. */
export function cpuQuantity() {
  const pattern = orEmpty(`${decimal}([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?`);
  return formed(pattern, 'a quantity as Kubernetes reads it, such as 500m, 0.5 or 2', 64);
}

/** As the peer reads memory limits: a Java size, fractions included, or a quantity. */
export function memoryLimitSize() {
  const pattern = orEmpty(`${decimal} ?([KMGTPE]i|[numE]|[eE][-+]?[0-9]+|[bB]|[kKmMgGtTpP][bB]?)?`);
  return formed(pattern, 'a size such as 4g or a quantity such as 4Gi', 64);
}

/** `Double.parseDouble`, as far as anybody writes shares. */
export function share() {
  return formed(orEmpty(`${decimal}([eE][-+]?[0-9]+)?[dDfF]?`), 'a number such as 0.2', 64);
}
