/**
 * The requests of one application as the API server recorded them, made ready to be sent again for other applications: what
 * was drawn by chance or given by the API server (names, ids, uids, resource versions) becomes a gap, filled with the value of
 * the new run.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type AuditEntry, recordedNamespace } from './audit-log.js';

const answerSchema = z.object({
  metadata: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).default({}),
});
type Answer = z.infer<typeof answerSchema>;

const methods: Readonly<Record<string, 'POST' | 'PATCH' | 'DELETE' | 'GET'>> = {
  create: 'POST',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  get: 'GET',
};

export interface RecordedRequest {
  readonly method: 'POST' | 'PATCH' | 'DELETE' | 'GET';
  readonly path: string;
  readonly body: string | null;
}

interface Template {
  readonly method: RecordedRequest['method'];
  readonly path: readonly string[];
  readonly body: readonly string[] | null;
  readonly answer: Answer;
}

/** Ids that Firesteel draws: of a submission, and in the names of objects. */
const drawn = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,32}/g;

export class RecordedApplication {
  readonly #templates: readonly Template[];
  readonly #application: string;

  /** @param entries of one application, in order */
  constructor(entries: readonly AuditEntry[], application: string) {
    this.#application = application;
    const answers = entries.map(({ responseObject }) => answerSchema.catch({ metadata: {} }).parse(responseObject));
    const given = answers.flatMap(({ metadata }) => [metadata.uid, versionText(metadata.resourceVersion)]);
    const texts = entries.map(({ requestURI, requestObject }) => `${requestURI} ${JSON.stringify(requestObject)}`);
    const found = texts.flatMap((text) => text.match(drawn) ?? []);
    const variables = new Set([application, recordedNamespace, ...given, ...found]);
    variables.delete(undefined);
    const longestFirst = [...variables].sort((a = '', b = '') => b.length - a.length);
    const gap = new RegExp(`(${longestFirst.join('|')})`);
    this.#templates = entries.map(({ verb, requestURI, requestObject }, index) => ({
      method: methods[verb] ?? 'GET',
      path: requestURI.split(gap),
      body: requestObject === undefined ? null : JSON.stringify(requestObject).split(gap),
      answer: answers[index] ?? { metadata: {} },
    }));
  }

  get requests(): number {
    return this.#templates.length;
  }

  /** Sends them one after the other for an application of its own. */
  async replay(name: string, namespace: string, send: (request: RecordedRequest) => Promise<string>): Promise<void> {
    const values = new Map([
      [this.#application, name],
      [recordedNamespace, namespace],
    ]);
    const fill = (parts: readonly string[]) =>
      parts.map((part, index) => (index % 2 === 0 ? part : filling(values, part))).join('');
    for (const { method, path, body, answer } of this.#templates) {
      const text = await send({ method, path: fill(path), body: body === null ? null : fill(body) });
      learn(values, answer, answerSchema.catch({ metadata: {} }).parse(JSON.parse(text)));
    }
  }
}

/** What is not known yet is drawn anew, in the same form. */
function filling(values: Map<string, string>, recorded: string): string {
  const known = values.get(recorded);
  if (known !== undefined) return known;
  if (recorded.startsWith('"')) return recorded;
  const fresh = recorded.includes('-') ? randomUUID() : randomBytes(16).toString('hex').slice(0, recorded.length);
  values.set(recorded, fresh);
  return fresh;
}

function learn(values: Map<string, string>, recorded: Answer, now: Answer): void {
  const pairs = [
    [recorded.metadata.uid, now.metadata.uid],
    [versionText(recorded.metadata.resourceVersion), versionText(now.metadata.resourceVersion)],
  ] as const;
  for (const [before, after] of pairs) if (before !== undefined && after !== undefined) values.set(before, after);
}

/** As it stands in a precondition; the bare number might be anything. */
function versionText(version: string | undefined): string | undefined {
  return version === undefined ? undefined : `"resourceVersion":"${version}"`;
}
