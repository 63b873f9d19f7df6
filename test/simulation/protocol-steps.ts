/** Where a process stands in the protocol, by the request that it sends: a row is a step. */
import type { ApiRequest } from '../../src/kube/api-client.js';

interface StatusBody {
  readonly status?: {
    readonly submissionID?: string;
    readonly driverInfo?: { readonly podUid?: string | null } | null;
    readonly submission?: { readonly submissionPodUid?: string | null } | null;
    readonly applicationState?: { readonly state?: string };
  };
}

const statusOf = ({ body }: ApiRequest) => (body as StatusBody).status ?? {};
const isStatus = ({ method, path }: ApiRequest) => method === 'PATCH' && path.endsWith('/status');
const becomes = (request: ApiRequest, ...states: readonly string[]) =>
  isStatus(request) && states.includes(statusOf(request).applicationState?.state ?? '');

const ends = ['COMPLETED', 'FAILED', 'FAILING', 'SUCCEEDING', 'SUBMISSION_FAILED'];
const turns = ['PENDING_RERUN', 'INVALIDATING', 'SUSPENDING', 'SUSPENDED', 'RESUMING'];

/** The first that matches. */
const table = [
  { step: 'lease', matches: ({ path, method }: ApiRequest) => path.includes('/leases') && method !== 'GET' },
  { step: 'look', matches: ({ method }: ApiRequest) => method === 'GET' },
  { step: 'event', matches: ({ path }: ApiRequest) => path.includes('/events') },
  { step: 'pod', matches: ({ method, path }: ApiRequest) => method === 'POST' && path.endsWith('/pods') },
  { step: 'release', matches: ({ method, path }: ApiRequest) => method === 'POST' || path.includes('/configmaps/') },
  // Of pods, and of an application whose time to live is over.
  { step: 'clean-up', matches: ({ method }: ApiRequest) => method === 'DELETE' },
  { step: 'end', matches: (request: ApiRequest) => becomes(request, ...ends) },
  { step: 'turn', matches: (request: ApiRequest) => becomes(request, ...turns) },
  {
    step: 'claim',
    matches: (request: ApiRequest) =>
      isStatus(request) &&
      (statusOf(request).driverInfo?.podUid ?? statusOf(request).submission?.submissionPodUid) != null,
  },
  {
    step: 'intent',
    matches: (request: ApiRequest) => isStatus(request) && statusOf(request).submissionID !== undefined,
  },
  { step: 'follow', matches: isStatus },
] as const;

export type ProtocolStep = (typeof table)[number]['step'];

/** Those at which every fault must happen; events are told and not promised, and never fail here. */
export const protocolSteps = table.map(({ step }) => step).filter((step) => step !== 'event');

export function stepOf(request: ApiRequest): ProtocolStep {
  return table.find(({ matches }) => matches(request))?.step ?? 'follow';
}
