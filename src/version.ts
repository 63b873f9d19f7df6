/** The version of this package. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

// Two folders up from dist/src: the package's own root.
const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

export const version = z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
