/** What the reconciler counts. */
import { Counter } from '../src/metrics.js';
import { unmutatedPodReason } from './application-events.js';

export class ReconcilerMetrics {
  private readonly byEvent: ReadonlyMap<string, Counter> = new Map([
    [
      unmutatedPodReason,
      new Counter(
        'unmutated_pods_total',
        'Pods that were admitted without the features that their annotations ask for.',
      ),
    ],
  ]);

  get counters(): Counter[] {
    return [...this.byEvent.values()];
  }

  /** Some events are counted, too. */
  countEvent(reason: string): void {
    this.byEvent.get(reason)?.increment();
  }
}
