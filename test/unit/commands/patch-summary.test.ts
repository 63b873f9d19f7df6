import assert from 'node:assert/strict';
import { it } from 'node:test';
import { summarisePatch } from '../../../src/commands/patch-summary.js';
import type { Operation } from '../../../src/pod/patch.js';

const rows: readonly (readonly [Operation, readonly string[]])[] = [
  [
    {
      op: 'add',
      path: '/spec/volumes',
      value: [
        { name: 'a', emptyDir: {} },
        { name: 'b', secret: { secretName: 's' } },
      ],
    },
    ['+ volume a (emptyDir)', '+ volume b (secret s)'],
  ],
  [
    { op: 'add', path: '/spec/volumes/-', value: { name: 'c', configMap: { name: 'm' } } },
    ['+ volume c (configMap m)'],
  ],
  [
    { op: 'replace', path: '/spec/containers/0/env/3', value: { name: 'PASSWORD', value: 'hunter2' } },
    ['~ env PASSWORD'],
  ],
  [
    { op: 'add', path: '/spec/containers/1/volumeMounts/-', value: { name: 'a', mountPath: '/a' } },
    ['+ mount /a from a'],
  ],
  [{ op: 'add', path: '/spec/tolerations', value: [{}] }, ['+ toleration of everything (all effects)']],
  [{ op: 'add', path: '/metadata/annotations/a~1b~0c', value: 'x' }, ['+ a/b~c']],
  [{ op: 'remove', path: '/spec/priority' }, ['- priority']],
];

for (const [operation, lines] of rows) {
  it(`${operation.op} ${operation.path}: ${lines.join(', ')}`, () => {
    assert.deepEqual(summarisePatch([operation]), lines);
  });
}

it('no value is ever shown, because it may be secret', () => {
  const env = [{ name: 'A', value: 'hunter2' }];
  const shown = summarisePatch([{ op: 'add', path: '/spec/containers/0/env', value: env }]).join();
  assert.ok(!shown.includes('hunter2'));
});
