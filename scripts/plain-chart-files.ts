/** `npm run plain-chart`: writes charts/plain from charts/firesteel. It needs helm: that of the variable HELM, or of PATH. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainChart } from './plain-chart.js';

const helm = process.env['HELM'] ?? 'helm';
for (const [name, text] of plainChart({ helm, chart: 'charts/firesteel' })) {
  writeFileSync(join('charts/plain', name), text);
}
