/**
 * A process of its own for the benchmark of reviews: the webhook, or the barest HTTPS server of Node that answers with as many
 * bytes. Its parent asks for what it used by messages.
 */
import { createServer } from 'node:https';
import { createAuthority, issueLeaf, oneDay } from '../../certs/authority.js';
import { silentLogger } from '../../src/log.js';
import { mutatePod } from '../../src/pod/mutation.js';
import { answerReview } from '../../webhook/review.js';
import { WebhookServer } from '../../webhook/server.js';
import { reviewRequest } from './review-requests.js';

/** What the process tells its parent. */
export type Message = { readonly port: number; readonly ca: string } | Usage;

export interface Usage {
  /** Of all threads since its start. */
  readonly cpuMilliseconds: number;
  readonly rssMebibytes: number;
}

const authority = await createAuthority({ now: Date.now(), lifetime: oneDay });
const served = await issueLeaf(authority, { now: Date.now(), lifetime: oneDay });
const port = process.argv[2] === 'echo' ? await listenBare() : await listenWebhook();
process.send?.({ port, ca: authority.certificate } satisfies Message);

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const rssMebibytes = Math.round(process.memoryUsage.rss() / 1_048_576);
  process.send?.({ cpuMilliseconds: (user + system) / 1_000, rssMebibytes } satisfies Message);
});

async function listenWebhook(): Promise<number> {
  const server = new WebhookServer({
    mutate: mutatePod,
    certificate: served,
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
  });
  return (await server.listen()).port;
}

/** Takes the body as bytes, and answers with those of a real answer. */
async function listenBare(): Promise<number> {
  const request = reviewRequest();
  const body: unknown = JSON.parse(request.toString('utf8', request.indexOf('\r\n\r\n') + 4));
  const answer = JSON.stringify(answerReview(body, mutatePod).answer);
  const head = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };
  const server = createServer({ key: served.privateKey, cert: served.certificate }, (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      Buffer.concat(chunks);
      response.writeHead(200, head).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
