/**
 * Splits a stream of bytes into lines at 0x0a. It works on bytes, because a chunk may end in the middle of a UTF-8
 * character but 0x0a never is part of one; and it joins the chunks of a line only once, when the line is complete.
 */
import { FiresteelError } from '../errors.js';

/** The largest object etcd takes is 1.5 MiB by default, and a server may be configured for more. */
export const maximumLineBytes = 16 * 1024 * 1024;

const newline = 0x0a;

/**
 * The non-empty lines of `chunks`, without their ends; a last line that has no end is given too.
 * @throws {FiresteelError} API_MALFORMED when a line is longer than `maximumBytes`
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maximumBytes: number = maximumLineBytes,
): AsyncGenerator<string, void, undefined> {
  let parts: Uint8Array[] = [];
  let length = 0;

  const append = (part: Uint8Array) => {
    length += part.length;
    if (length > maximumBytes) {
      throw new FiresteelError('API_MALFORMED', `The API server sent a line of more than ${maximumBytes} bytes.`);
    }
    if (part.length > 0) parts.push(part);
  };
  const complete = (): string => {
    const line = Buffer.concat(parts, length).toString('utf8');
    parts = [];
    length = 0;
    return line;
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      append(chunk.subarray(start, end));
      start = end + 1;
      if (length > 0) yield complete();
    }
    append(chunk.subarray(start));
  }
  if (length > 0) yield complete();
}
