/** Runs a recorded scenario through `firesteel spark-submit`, and gives back what it sent in the words of the recordings. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { idsOf, uploadDirectoryId } from '../../../reconciler/submission/ids.js';
import { javaDateText } from '../../../reconciler/submission/java-properties.js';
import { sparkSubmit } from '../../../src/commands/spark-submit.js';
import type { ApiRequest } from '../../../src/kube/api-client.js';
import { ApiError } from '../../../src/kube/api-error.js';
import { contentType } from '../../../src/kube/api-over-http.js';
import { type Request, requestSchema, type Scenario, withPlaceholders } from './golden-recordings.js';

const podUid = '11111111-2222-3333-4444-555555555555';
const submissionId = '5d2c7b1e-0f4a-4c2f-9d3e-6a7b8c9d0e1f';
const submitTime = Date.UTC(2026, 10, 12, 6, 42);
const ids = idsOf(submissionId, submitTime);
const randomParts = new Map([
  [ids.applicationId, '<appId>'],
  [ids.resourcePrefixId, '<id1>'],
  [ids.configMapId, '<id2>'],
  [ids.serviceId, '<id3>'],
  [ids.localDirectoryId, '<uuid>'],
  // The recordings number them; here it is enough that each is one.
  ...[0, 1, 2, 3, 4].map((index) => [uploadDirectoryId(ids, index), '<uuid>'] as const),
  [String(submitTime), '<time>'],
  [javaDateText(submitTime), '<date>'],
]);

/** Nobody has to wait here. */
const clock = {
  now: () => submitTime,
  elapsed: () => submitTime,
  after(_: number, callback: () => void) {
    queueMicrotask(callback);
    return () => {};
  },
};

export interface GoldenRun {
  /** Those of `--dry-run`, or those that reached the API server. */
  readonly requests: readonly Request[];
  readonly error?: unknown;
}

/** A scenario of `server` answers is really submitted, to a server that answers so; each other one with `--dry-run`. */
export async function runScenario(scenario: Scenario, version: string, folder: string): Promise<GoldenRun> {
  const inFolder = (text: string) => text.replaceAll('@dir@', folder);
  const printed: string[] = [];
  const server = new ScriptedServer(scenario.server?.fail ?? []);
  const really = scenario.server !== undefined;
  const placed = (requests: readonly Request[]): readonly Request[] =>
    z
      .array(requestSchema)
      .parse(JSON.parse(withPlaceholders(JSON.stringify(requests), new Map([...randomParts, [folder, '@dir@']]))));
  const sent = () => placed(really ? server.requests : z.array(requestSchema).parse(JSON.parse(printed.join(''))));
  try {
    await sparkSubmit(['--spark-version', version, ...(really ? [] : ['--dry-run']), ...scenario.args.map(inFolder)], {
      environment: environmentOf(scenario, inFolder),
      loginUser: '<osUser>',
      out: (text) => printed.push(text),
      warn: () => {},
      clock,
      signal: new AbortController().signal,
      submissionId: () => submissionId,
      connect: async () => server,
    });
    return { requests: sent() };
  } catch (error) {
    return { requests: really ? sent() : [], error };
  }
}

function environmentOf(scenario: Scenario, inFolder: (text: string) => string): NodeJS.ProcessEnv {
  const changed = Object.entries({ SPARK_USER: 'spark', ...scenario.env });
  return Object.fromEntries(changed.flatMap(([name, value]) => (value === null ? [] : [[name, inFolder(value)]])));
}

/** A new folder with the files of the scenario. */
export function writeScenarioFiles(scenario: Scenario): string {
  const folder = mkdtempSync(join(tmpdir(), 'firesteel-golden-'));
  for (const [name, content] of Object.entries(scenario.files)) {
    const path = join(folder, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (name.endsWith('/')) continue;
    writeFileSync(
      path,
      typeof content === 'string' ? content.replaceAll('@dir@', folder) : Buffer.from(content.base64, 'base64'),
    );
  }
  return folder;
}

type Failure = NonNullable<Scenario['server']>['fail'][number];

/** Keeps every request, and refuses those it was told to. */
class ScriptedServer {
  readonly requests: Request[] = [];
  readonly #left: { failure: Failure; skip: number; times: number }[];

  constructor(failures: readonly Failure[]) {
    this.#left = failures.map((failure) => ({
      failure,
      skip: failure.skip ?? 0,
      times: failure.times ?? Number.POSITIVE_INFINITY,
    }));
  }

  async request(request: ApiRequest): Promise<unknown> {
    const { method, path, query = {}, body } = request;
    this.requests.push(requestSchema.parse({ method, path, query, contentType: contentType(request), body }));
    const rule = this.#left.find(({ failure }) => failure.method === method && path.includes(failure.path));
    if (rule !== undefined && rule.skip > 0) rule.skip -= 1;
    else if (rule !== undefined && rule.times > 0) {
      rule.times -= 1;
      const { status, reason, message } = rule.failure;
      throw new ApiError(`${method} ${path}`, status, { reason, message });
    }
    return { metadata: { uid: podUid } };
  }

  async *lines(): AsyncGenerator<string> {}

  async close(): Promise<void> {}
}
