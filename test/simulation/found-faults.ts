/** Runs that broke a promise once, each with the fault of the product that it showed: none of them may come back. */

interface FoundFault {
  readonly fault: string;
  readonly kind: string;
  readonly seed: number;
}

export const foundFaults: readonly FoundFault[] = [
  { fault: 'executors of a run that was replaced stayed for as long as the application', kind: 'executors', seed: 40 },
  { fault: 'executors of the run before were counted as those of the next', kind: 'executors', seed: 380 },
  {
    fault: 'a driver that had started was given up, as a stale cache showed it pending',
    kind: 'slow starts',
    seed: 177,
  },
  {
    fault: 'the status went to and fro, with each write, over an executor that was deleted while the watch was behind',
    kind: 'suspensions',
    seed: 10_256,
  },
  {
    fault: 'pods were made without pause for an application that was gone, while the watch that would tell so was away',
    kind: 'deletions',
    seed: 74_687,
  },
  {
    fault: 'a lease that was renewed in the words of long ago, by a clock that had been wrong, was taken for expired',
    kind: 'plain',
    seed: 54_587,
  },
  {
    fault: 'a driver started whose submission had been given up, when the ConfigMap that it waited for came late',
    kind: 'plain',
    seed: 54_468,
  },
  {
    fault: 'an executor that had ended was pending again, as the next leader had heard less than the one before',
    kind: 'retries',
    seed: 526,
  },
];
