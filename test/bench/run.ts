/**
 * `npm run bench [-- NAME…]`: runs the benchmarks, all or those named, one after the other. Each prints one line of JSON; none
 * asserts anything, because what is fast depends on the machine: they give ratios against something in the same run.
 */
import { messageOf } from '../../src/errors.js';

/** What was measured, by names that say the unit. */
export type Results = Readonly<Record<string, unknown>>;
type Bench = () => Promise<Results>;

/** A new benchmark is a new row. */
const benches: Readonly<Record<string, () => Promise<Bench>>> = {
  deletion: async () => (await import('./deletion.js')).deletion,
  scale: async () => (await import('./scale.js')).scale,
  submission: async () => (await import('./submission.js')).submission,
  throughput: async () => (await import('./throughput.js')).throughput,
  validation: async () => (await import('./validation.js')).validation,
  webhook: async () => (await import('./webhook.js')).webhook,
  'webhook-start': async () => (await import('./webhook-start.js')).webhookStart,
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    process.stderr.write(`bench: no ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
    return 2;
  }
  let code = 0;
  for (const [name, load] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      process.stdout.write(`${JSON.stringify({ bench: name, ...(await (await load())()) })}\n`);
    } catch (error) {
      process.stderr.write(`bench ${name}: ${messageOf(error)}\n`);
      code = 1;
    }
  }
  return code;
}

process.exitCode = await main(process.argv.slice(2));
