/**
 * Label selectors in the text form of Kubernetes (`team=data,tier in (batch,adhoc),!legacy`): read, checked, and as the object that
 * registrations take (Kubernetes: "Labels and Selectors"). Pure.
 */
import { isLabelValue, isQualifiedName } from './metadata-syntax.js';

export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

/** As in `matchExpressions`; `Exists` and `DoesNotExist` have no values. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values?: readonly string[];
}

/** All of them must hold. */
export type LabelRequirements = readonly LabelRequirement[];

/** What was wrong with a text, in words. */
export interface SelectorFault {
  readonly fault: string;
}

/** A form that a requirement may have, in the order in which they are tried. */
interface Form {
  readonly pattern: RegExp;
  readonly operator: LabelOperator;
  readonly valuesOf: ((text: string) => readonly string[]) | undefined;
}

const inParentheses = (text: string) => text.split(',').map((value) => value.trim());
const single = (text: string) => [text];

const forms: readonly Form[] = [
  { pattern: /^!\s*([^\s!=<>(),]+)$/, operator: 'DoesNotExist', valuesOf: undefined },
  { pattern: /^([^\s!=<>(),]+)$/, operator: 'Exists', valuesOf: undefined },
  { pattern: /^([^\s!=<>(),]+)\s*==?\s*([^\s!=<>(),]*)$/, operator: 'In', valuesOf: single },
  { pattern: /^([^\s!=<>(),]+)\s*!=\s*([^\s!=<>(),]*)$/, operator: 'NotIn', valuesOf: single },
  { pattern: /^([^\s!=<>(),]+)\s+in\s*\(([^()]+)\)$/, operator: 'In', valuesOf: inParentheses },
  { pattern: /^([^\s!=<>(),]+)\s+notin\s*\(([^()]+)\)$/, operator: 'NotIn', valuesOf: inParentheses },
];

/** An empty text is refused, too: what it would mean, everything, is said by leaving the selector out. */
export function readLabelSelector(text: string): LabelRequirements | SelectorFault {
  const requirements: LabelRequirement[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const requirement = readRequirement(part.trim());
    if ('fault' in requirement) return requirement;
    requirements.push(requirement);
  }
  return requirements;
}

function readRequirement(part: string): LabelRequirement | SelectorFault {
  for (const { pattern, operator, valuesOf } of forms) {
    const [, key, listed = ''] = pattern.exec(part) ?? [];
    if (key === undefined) continue;
    if (!isQualifiedName(key)) return { fault: `'${key}' is not the name of a label` };
    if (valuesOf === undefined) return { key, operator };
    const values = valuesOf(listed);
    const wrong = values.find((value) => !isLabelValue(value));
    return wrong === undefined ? { key, operator, values } : { fault: `'${wrong}' is not the value of a label` };
  }
  return { fault: `'${part}' is none of KEY, !KEY, KEY=VALUE, KEY!=VALUE, KEY in (VALUE, …), KEY notin (VALUE, …)` };
}
