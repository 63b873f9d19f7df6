/**
 * Reading the flags of a command. Each may also come from the environment (`--webhook-port` from FIRESTEEL_WEBHOOK_PORT); the
 * command line wins.
 */
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { FiresteelError } from '../errors.js';
import { peerFlagReason } from '../migration/peer-flags.js';
import { flags, yesOrNo } from './flag-table.js';

export type FlagName = keyof typeof flags;

type Values<Name extends FlagName> = { [Key in Name]: z.output<(typeof flags)[Key]['type']> };

export interface CommandLine<Name extends FlagName> {
  readonly values: Values<Name>;
  readonly positionals: readonly string[];
}

/** @throws {FiresteelError} USAGE for an unknown or malformed flag */
export function readCommandLine<Name extends FlagName>(
  names: readonly Name[],
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): CommandLine<Name> {
  const { values: given, positionals } = parse(names, args);
  const shape = Object.fromEntries(
    names.map((name) => {
      const value = given[name] ?? environment[variableOf(name)] ?? defaultOf(name);
      return [name, readValue(name, value)];
    }),
  );
  return { values: shape as Values<Name>, positionals };
}

/** Of a command that takes nothing but flags: `--leader-election false`, without `=`, must not mean true. */
export function readFlags<Name extends FlagName>(
  names: readonly Name[],
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): CommandLine<Name>['values'] {
  const { values, positionals } = readCommandLine(names, args, environment);
  const [extra] = positionals;
  if (extra === undefined) return values;
  throw new FiresteelError('USAGE', `${extra}: unexpected; write --name=value, and nothing beside the flags`);
}

function parse(names: readonly FlagName[], args: readonly string[]) {
  const options = Object.fromEntries(
    names.map((name) => [name, { type: isSwitch(name) ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...withSwitchValues(args)],
      options,
      allowPositionals: true,
      allowNegative: true,
    });
    return {
      values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])),
      positionals,
    };
  } catch (cause) {
    const refused = args.map(peerRefusal).find((reason) => reason !== undefined);
    if (refused !== undefined) throw new FiresteelError('USAGE', refused);
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const known = names.map((name) => `--${name}`).join(', ');
    throw new FiresteelError('USAGE', `${why}. Flags here: ${known || 'none'}`, { cause });
  }
}

/** Who comes from the Kubeflow operator is told where its flag went. */
function peerRefusal(argument: string): string | undefined {
  const [, name = ''] = /^--([^=]+)/.exec(argument) ?? [];
  const reason = peerFlagReason(name);
  return reason === undefined ? undefined : `--${name}: a flag of the Kubeflow operator: ${reason}`;
}

function isSwitch(name: string): boolean {
  return Object.hasOwn(flags, name) && flags[name as FlagName].type === yesOrNo;
}

/** `--patch=true` is what charts write; node's parser knows only `--patch` and `--no-patch`. */
function* withSwitchValues(args: readonly string[]): Iterable<string> {
  for (const argument of args) {
    const [, name = '', value] = /^--([^=]+)=(true|false)$/.exec(argument) ?? [];
    yield isSwitch(name) ? `--${value === 'true' ? '' : 'no-'}${name}` : argument;
  }
}

function defaultOf(name: FlagName): string | undefined {
  return flags[name].default;
}

function variableOf(name: string): string {
  return `FIRESTEEL_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readValue(name: FlagName, value: string | undefined): unknown {
  const parsed = flags[name].type.safeParse(value);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues[0]?.message ?? 'malformed';
  throw new FiresteelError('USAGE', `--${name}=${value ?? ''}: ${why}; it means: ${flags[name].help}`);
}

/**
 * A variable that looks like a flag and is none would leave its default in force.
 * @throws {FiresteelError} USAGE
 */
export function refuseUnknownVariables(environment: NodeJS.ProcessEnv): void {
  const known = new Set(Object.keys(flags).map(variableOf));
  const unknown = Object.keys(environment).find(
    (variable) => variable.startsWith('FIRESTEEL_') && !known.has(variable) && !notFlags.test(variable),
  );
  if (unknown !== undefined) throw new FiresteelError('USAGE', `${unknown}: there is no flag of that name`);
}

/** Of the test runners, and what Kubernetes puts into every pod beside a Service called firesteel-… */
const notFlags = /^FIRESTEEL_(TEST_|CLUSTER$|.*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\d+_(TCP|UDP).*)?)$)/;

/** One line a flag, for `--help`. */
export function describeFlags(names: readonly FlagName[]): string {
  return names
    .map((name) => {
      const value = defaultOf(name) ?? '';
      return `  --${name.padEnd(32)} ${flags[name].help}${value === '' ? '' : ` (default ${value})`}\n`;
    })
    .join('');
}
