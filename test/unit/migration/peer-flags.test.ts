import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { commandFlags } from '../../../src/commands/command-flags.js';
import { readFlags } from '../../../src/commands/flags.js';
import { peerFlags } from '../../../src/migration/peer-flags.js';

describe('a flag of the Kubeflow operator', () => {
  const own = new Set<string>(Object.values(commandFlags).flat());

  it('is either known here or refused with a reason, never both', () => {
    assert.deepEqual(
      Object.keys(peerFlags).filter((name) => own.has(name)),
      [],
    );
  });

  it('that is refused says what to do instead', () => {
    for (const [name, reason] of Object.entries(peerFlags)) {
      assert.throws(
        () => readFlags(commandFlags.reconciler, [`--${name}=1`], {}),
        ({ code, message }: { code?: string; message?: string }) =>
          code === 'USAGE' && message === `--${name}: a flag of the Kubeflow operator: ${reason}`,
      );
    }
  });

  it('stands in docs/migrate.md', () => {
    const text = readFileSync(new URL('../../../../docs/migrate.md', import.meta.url), 'utf8');
    for (const [name, reason] of Object.entries(peerFlags)) {
      assert.ok(text.includes(`| \`--${name}\` | ${reason} |`), name);
    }
  });
});
