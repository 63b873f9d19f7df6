/**
 * `npm run accepted-pods`: records for the version in package.json what its webhook makes of pods with each of its annotations.
 * The files of released versions stay as they are: what a webhook has accepted is accepted ever after, with the same result, so
 * that a rollout or a rollback may have old pods before new webhooks.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { mutatePod } from '../../src/pod/mutation.js';
import { version } from '../../src/version.js';
import { projectRoot } from '../e2e/operator-process.js';
import { taggedPod } from '../unit/pod/arbitrary-pods.js';
import { podsWithEverything } from '../unit/pod/everything.js';

/** Besides the two that have every annotation. */
const numRuns = 12;

const drawn = fc.sample(taggedPod, { numRuns, seed: 1 }).map(({ pod }) => pod);
const recorded = [...podsWithEverything(), ...drawn].map((pod) => ({ podIn: pod, podOut: mutatePod(pod).pod }));
const lines = recorded.map((pair) => `  ${JSON.stringify(pair)}`);
writeFileSync(join(projectRoot, 'test/accepted-pods', `${version}.json`), `[\n${lines.join(',\n')}\n]\n`);
