import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandFlags } from '../../../src/commands/command-flags.js';
import { type FlagName, readCommandLine, readFlags } from '../../../src/commands/flags.js';

const flagValue = (name: FlagName, args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  readCommandLine([name], args, environment).values[name];

describe('the value of a flag', () => {
  const rows: readonly (readonly [FlagName, args: readonly string[], NodeJS.ProcessEnv, value: unknown])[] = [
    ['webhook-port', [], {}, 9443],
    ['webhook-port', ['--webhook-port=8443'], {}, 8443],
    ['webhook-port', ['--webhook-port', '0'], {}, 0],
    ['webhook-port', [], { FIRESTEEL_WEBHOOK_PORT: '1' }, 1],
    ['webhook-port', ['--webhook-port=2'], { FIRESTEEL_WEBHOOK_PORT: '1' }, 2],
    ['webhook-port', ['--webhook-port=2', '--webhook-port=3'], {}, 3],
    ['webhook-port', [], { WEBHOOK_PORT: '1', 'FIRESTEEL_webhook-port': '1' }, 9443],
    ['namespaces', [], {}, []],
    ['namespaces', ['--namespaces='], {}, []],
    ['namespaces', ['--namespaces', 'a, b,,c'], {}, ['a', 'b', 'c']],
    ['namespaces', [], { FIRESTEEL_NAMESPACES: 'a' }, ['a']],
    ['namespace-selector', [], {}, undefined],
    [
      'namespace-selector',
      ['--namespace-selector= spark=enabled '],
      {},
      { text: 'spark=enabled', requirements: [{ key: 'spark', operator: 'In', values: ['enabled'] }] },
    ],
    ['kube-api-qps', [], {}, 0],
    ['kube-api-qps', ['--kube-api-qps=12.5'], {}, 12.5],
    ['leader-election', [], {}, false],
    ['leader-election', ['--leader-election'], {}, true],
    ['leader-election', ['--leader-election=true'], {}, true],
    ['leader-election', ['--leader-election=false'], {}, false],
    ['leader-election', ['--no-leader-election'], {}, false],
    ['leader-election', [], { FIRESTEEL_LEADER_ELECTION: 'true' }, true],
    ['leader-election', ['--leader-election=false'], { FIRESTEEL_LEADER_ELECTION: 'true' }, false],
    ['leader-election', ['--leader-election'], { FIRESTEEL_LEADER_ELECTION: 'false' }, true],
    ['kubeconfig', [], {}, undefined],
    ['kubeconfig', ['--kubeconfig=/a b=c'], {}, '/a b=c'],
    ['log-level', ['--log-level=debug'], {}, 'debug'],
    ['webhook-url', ['--webhook-url=https://127.0.0.1:9443'], {}, 'https://127.0.0.1:9443'],
  ];
  for (const [name, args, environment, value] of rows) {
    const from = [...args, ...Object.entries(environment).map(([key, text]) => `${key}=${text}`)].join(' ');
    it(`${name} is ${JSON.stringify(value)} from "${from}"`, () => {
      assert.deepEqual(flagValue(name, args, environment), value);
    });
  }

  it('may stand before and after what is no flag', () => {
    const { values, positionals } = readCommandLine(
      ['patch', 'namespace'],
      ['a', '--patch=true', 'b', '--namespace', 'c'],
      {},
    );
    assert.deepEqual({ ...values }, { patch: true, namespace: 'c' });
    assert.deepEqual(positionals, ['a', 'b']);
  });
});

describe('wrong usage', () => {
  const rows: readonly (readonly [FlagName, args: readonly string[], NodeJS.ProcessEnv, message: RegExp])[] = [
    ['webhook-port', ['--webhookport=1'], {}, /'--webhookport'.*Flags here: --webhook-port$/],
    ['webhook-port', ['-p'], {}, /'-p'/],
    ['webhook-port', ['--webhook-port'], {}, /--webhook-port/],
    ['webhook-port', ['--webhook-port='], {}, /^--webhook-port=: not a whole number; it means: port/],
    ['webhook-port', ['--webhook-port=-1'], {}, /not a whole number/],
    ['webhook-port', ['--webhook-port=1.5'], {}, /not a whole number/],
    ['webhook-port', ['--webhook-port=65536'], {}, /^--webhook-port=65536: .*65535/],
    ['webhook-port', ['--webhook-port=99999999999999999999'], {}, /not a whole number/],
    ['webhook-port', [], { FIRESTEEL_WEBHOOK_PORT: 'x' }, /^--webhook-port=x: not a whole number/],
    ['controller-threads', ['--controller-threads=0'], {}, />=1/],
    ['leader-election', ['--leader-election=yes'], {}, /--leader-election/],
    ['leader-election', [], { FIRESTEEL_LEADER_ELECTION: 'yes' }, /^--leader-election=yes: .*"true"/],
    ['namespace-selector', ['--namespace-selector=team in a'], {}, /^--namespace-selector=team in a: .*is none of KEY/],
    ['namespace-selector', ['--namespace-selector=a/b/c'], {}, /'a\/b\/c' is not the name of a label/],
    ['kube-api-qps', ['--kube-api-qps=-1'], {}, /not a number of requests a second/],
    ['log-level', ['--log-level=loud'], {}, /^--log-level=loud: .*debug, info, warn, error or silent$/],
    ['webhook-url', ['--webhook-url=http://127.0.0.1'], {}, /^--webhook-url=http:/],
    ['webhook-url', ['--webhook-url=here'], {}, /^--webhook-url=here: /],
    ['kubeconfig', ['--kubeconfig='], {}, /^--kubeconfig=: /],
  ];
  for (const [name, args, environment, message] of rows) {
    it(`is said in words: ${JSON.stringify([...args, environment])}`, () => {
      assert.throws(() => flagValue(name, args, environment), { name: 'FiresteelError', code: 'USAGE', message });
    });
  }

  it('is a value beside the flags of a command that takes none: a switch without "=" would mean its opposite', () => {
    assert.throws(() => readFlags(['leader-election'], ['--leader-election', 'false'], {}), {
      code: 'USAGE',
      message: /^false: unexpected; write --name=value/,
    });
  });
});

describe('the flags of the processes', () => {
  it('of `run` are those of both, each once', () => {
    assert.deepEqual(
      [...commandFlags.run].sort(),
      [...new Set([...commandFlags.reconciler, ...commandFlags.webhook])].sort(),
    );
  });

  it('have defaults that are values of their own', () => {
    const { 'webhook-port': port, namespaces, 'log-level': level } = readFlags(commandFlags.run, [], {});
    assert.deepEqual([port, namespaces, level], [9443, [], 'info']);
  });
});
