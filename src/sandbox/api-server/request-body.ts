/** The body of a request: received up to a limit, protobuf turned into JSON, and parsed as its media type says. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { readProtobuf } from './protobuf.js';
import { Refusal } from './refusal.js';

export interface RequestBody {
  /** Without parameters; '' when none is given. */
  readonly mediaType: string;
  /** '' when there is none. */
  readonly body: string;
}

/** As the real server's. */
const maximumBodyBytes = 3 * 1024 * 1024;

/** @throws {Refusal} 413, 415 */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const received = await receive(request);
  const mediaType = request.headers['content-type']?.split(';', 1)[0]?.trim() ?? '';
  if (mediaType !== 'application/vnd.kubernetes.protobuf' || received.length === 0) {
    return { mediaType, body: received.toString() };
  }
  return { mediaType: 'application/json', body: JSON.stringify(readProtobuf(received)) };
}

async function receive(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maximumBodyBytes) throw new Refusal(413, `Request entity too large: limit is ${maximumBodyBytes}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function unsupported(accepted: readonly string[]): Refusal {
  const words = 'the body of the request was in an unknown format - accepted media types include';
  return new Refusal(415, `${words}: ${accepted.join(', ')}`);
}

/** @throws {Refusal} 400, 415 */
export function parseBody({ body, mediaType }: RequestBody): unknown {
  const parsers: Record<string, (text: string) => unknown> = {
    '': JSON.parse,
    'application/json': JSON.parse,
    'application/yaml': parse,
  };
  const parser = parsers[mediaType];
  if (parser === undefined)
    throw unsupported(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  try {
    return parser(body);
  } catch {
    throw new Refusal(400, `the object provided is unrecognized: ${body.length} characters that are not ${mediaType}`);
  }
}
