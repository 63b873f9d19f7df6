/** `npm run chart-readme`: writes the table of values into the README of the chart. */
import { readFileSync, writeFileSync } from 'node:fs';
import { chartValuesTable } from './chart-values.js';

const path = 'charts/firesteel/README.md';
const heading = '## Values\n\n';
const readme = readFileSync(path, 'utf8');
const start = readme.indexOf(heading) + heading.length;
writeFileSync(path, readme.slice(0, start) + chartValuesTable(readFileSync('charts/firesteel/values.yaml', 'utf8')));
