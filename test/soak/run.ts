/**
 * `npm run soak [-- --watches | --admission] [--minutes N] [--rate N]`: what has to hold for long, on a real API server: the one of
 * KUBECONFIG (for admission it must reach this machine's addresses, and route Services to endpoints), else one started here. Prints
 * figures as one line of JSON; exit code 1 where something failed that must not.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.js';
import { findAssets } from '../e2e/assets.js';
import { startControlPlane } from '../e2e/control-plane.js';
import { soakAdmission } from './admission.js';
import { soakWatches } from './watches.js';

interface Soak {
  readonly run: (
    kubeconfig: string,
    options: { readonly minutes: number; readonly rate: number },
  ) => Promise<{ readonly isSound: boolean }>;
  /** Of what is done to the API server, a second. */
  readonly rate: number;
  readonly apiServerFlags: readonly string[];
}

/** A new soak is a new row; the first is run where none is named. */
const soaks = {
  watches: { run: soakWatches, rate: 20, apiServerFlags: [] },
  admission: { run: soakAdmission, rate: 50, apiServerFlags: ['--enable-aggregator-routing=true'] },
} as const satisfies Readonly<Record<string, Soak>>;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      watches: { type: 'boolean' },
      admission: { type: 'boolean' },
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string' },
    },
  });
  const soak: Soak = values.admission === true ? soaks.admission : soaks.watches;
  const options = { minutes: Number(values.minutes), rate: Number(values.rate ?? soak.rate) };
  if (!(options.minutes > 0) || !(options.rate > 0)) {
    process.stderr.write(`usage: npm run soak -- [--${Object.keys(soaks).join('|--')}] [--minutes N] [--rate N]\n`);
    return 2;
  }
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig) return report(await soak.run(kubeconfig, options));
  const assets = findAssets();
  if (assets === undefined) {
    process.stdout.write('soak: skipped: no API server; set KUBECONFIG or KUBEBUILDER_ASSETS\n');
    return 0;
  }
  const controlPlane = await startControlPlane(assets, { apiServerFlags: soak.apiServerFlags });
  try {
    return report(await soak.run(controlPlane.kubeconfig, options));
  } finally {
    await controlPlane.stop();
  }
}

function report(figures: { readonly isSound: boolean }): number {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures.isSound ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`soak: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
