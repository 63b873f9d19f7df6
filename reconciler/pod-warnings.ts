/** What Kubernetes has warned of about a pod: why a volume is not mounted, say, stands nowhere but in its events. */
import { z } from 'zod';
import { parseTime } from '../src/api/status.js';
import type { ApiClient } from '../src/kube/api-client.js';
import { events, resourcePath } from '../src/kube/resources.js';
import type { PodWarning } from './decision.js';

const warning = z.object({
  reason: z.string().catch('Unknown'),
  message: z.string().catch(''),
  lastTimestamp: z.string().nullish().catch(undefined),
  eventTime: z.string().nullish().catch(undefined),
  series: z.object({ lastObservedTime: z.string().nullish().catch(undefined) }).nullish(),
});

const eventList = z.object({ items: z.array(warning) });

/** More kinds of warnings than one pod has at a time. */
const limit = '50';

/**
 * The latest one.
 * @param since what was warned of earlier is over; milliseconds since the epoch
 */
export async function latestWarning(
  client: ApiClient,
  namespace: string,
  podUid: string,
  since: number,
): Promise<PodWarning | 'none'> {
  const fieldSelector = `involvedObject.uid=${podUid},type=Warning`;
  const answer = await client.request({
    method: 'GET',
    path: resourcePath(events, { namespace }),
    query: { fieldSelector, limit },
  });
  const { items } = eventList.parse(answer);
  const latest = items
    .map(({ reason, message, ...times }) => ({ reason, message, at: lastSeen(times) }))
    // Events carry whole seconds.
    .filter(({ at }) => at > since - 1_000)
    .reduce<(PodWarning & { at: number }) | undefined>((a, b) => (a !== undefined && a.at >= b.at ? a : b), undefined);
  return latest === undefined ? 'none' : { reason: latest.reason, message: latest.message };
}

function lastSeen({ lastTimestamp, eventTime, series }: Omit<z.infer<typeof warning>, 'reason' | 'message'>): number {
  const times = [series?.lastObservedTime, lastTimestamp, eventTime].map((text) => parseTime(text) ?? 0);
  return Math.max(...times);
}
