/** What may make a try fail: whatever an application ends as must be explained by what happened to it. */
import type { Life } from './cluster/node.js';

export interface Harm {
  readonly why: string;
  /** The cluster's doing, which uses up a budget of its own. */
  readonly isInfrastructure: boolean;
}

/** Of how a container ended that did not end well. */
export function harmOf({ role, container, wasDisrupted }: Life): Harm | undefined {
  if (role === 'executor' || container === 'ended well') return undefined;
  const isInfrastructure = role === 'driver' && (container === 'killed' || wasDisrupted);
  return { why: `${role} ${container}`, isInfrastructure };
}

interface Budget {
  /** Failures of the application's own. */
  readonly tries: number;
  /** Failures of the cluster's. */
  readonly infrastructure: number;
}

export function isSpent(harms: readonly Harm[], { tries, infrastructure }: Budget): boolean {
  const disruptions = harms.filter(({ isInfrastructure }) => isInfrastructure).length;
  return harms.length - disruptions > tries || disruptions > infrastructure;
}
