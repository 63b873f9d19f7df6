/** The annotations of an application that speak to the operator: who submits, and how long to wait for what. */
import { submitterAnnotation } from './labels.js';
import { timeoutAnnotations } from './timeouts.js';

export function operatorAnnotations(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(annotations).filter(
    ([name]) => name === submitterAnnotation || timeoutAnnotations.has(name),
  );
  return Object.fromEntries(entries);
}
