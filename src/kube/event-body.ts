/** The core/v1 Event of something that happened to an object. Pure. */
export interface RecordedEvent {
  /** What it happened to. */
  object: { apiVersion: string; kind: string; namespace: string; name: string; uid: string };
  type: 'Normal' | 'Warning';
  /** One CamelCase word. */
  reason: string;
  /** Cut at 1,024 characters, the limit of the API. */
  message: string;
}

const maximumMessageLength = 1_024;
/** Of a DNS subdomain, which the name of an event must be. */
const maximumNameLength = 253;

/**
 * @param now milliseconds since the epoch
 * @param random uniform in [0, 1)
 */
export function eventBody(event: RecordedEvent, component: string, now: number, random: () => number) {
  const { apiVersion, kind, namespace, name, uid } = event.object;
  const timestamp = timestampOf(now);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(name, now, random), namespace },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    type: event.type,
    reason: event.reason,
    message: cut(event.message, maximumMessageLength),
    source: { component },
    reportingComponent: component,
    firstTimestamp: timestamp,
    lastTimestamp: timestamp,
    count: 1,
  };
}

export type EventBody = ReturnType<typeof eventBody>;

/** The same event once more, or one that it speaks for too. */
export function withOneMore(body: EventBody, { message }: RecordedEvent, now: number): EventBody {
  return {
    ...body,
    message: cut(message, maximumMessageLength),
    lastTimestamp: timestampOf(now),
    count: body.count + 1,
  };
}

/** In whole seconds. */
function timestampOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** `<name>.<hex>` as client-go names them: time, and chance against another process in the same millisecond. */
function eventName(name: string, now: number, random: () => number): string {
  const chance = Math.floor(random() * 2 ** 32);
  const suffix = `.${now.toString(16)}${chance.toString(16).padStart(8, '0')}`;
  return name.slice(0, maximumNameLength - suffix.length).replace(/[-.]+$/, '') + suffix;
}

/** Never between the halves of a surrogate pair. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
