/**
 * `npm run soak -- --admission [--minutes N] [--rate N]`: what has to hold for long, on a real API server: the one of KUBECONFIG
 * (which must reach this machine's addresses, and route Services to endpoints), else one started here. Prints figures as one
 * line of JSON; exit code 1 where something failed that must not.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors.js';
import { findAssets } from '../e2e/assets.js';
import { startControlPlane } from '../e2e/control-plane.js';
import { soakAdmission } from './admission.js';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      admission: { type: 'boolean' },
      minutes: { type: 'string', default: '10' },
      rate: { type: 'string', default: '50' },
    },
  });
  const [minutes, rate] = [Number(values.minutes), Number(values.rate)];
  if (values.admission !== true || !(minutes > 0) || !(rate > 0)) {
    process.stderr.write('usage: npm run soak -- --admission [--minutes N] [--rate PODS_A_SECOND]\n');
    return 2;
  }
  const given = process.env['KUBECONFIG'];
  if (given) return report(await soakAdmission(given, { minutes, rate }));
  const assets = findAssets();
  if (assets === undefined) {
    process.stdout.write('soak: skipped: no API server; set KUBECONFIG or KUBEBUILDER_ASSETS\n');
    return 0;
  }
  const controlPlane = await startControlPlane(assets, { apiServerFlags: ['--enable-aggregator-routing=true'] });
  try {
    return report(await soakAdmission(controlPlane.kubeconfig, { minutes, rate }));
  } finally {
    await controlPlane.stop();
  }
}

function report(figures: Awaited<ReturnType<typeof soakAdmission>>): number {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return figures.isSound ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`soak: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
