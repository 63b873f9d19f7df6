#!/usr/bin/env node
/** The `firesteel` command: finds the subcommand, and turns errors into one line on stderr and an exit code. */
import type { Command, CommandIo } from './commands/command.js';
import { commandFlags } from './commands/command-flags.js';
import { describeFlags, refuseUnknownVariables } from './commands/flags.js';
import { FiresteelError, messageOf } from './errors.js';
import { version } from './version.js';

interface Entry {
  readonly help: string;
  /** Imported when it is called: the webhook need not load what the reconciler needs. */
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  run: {
    help: 'reconciler and webhook in one process, for development',
    load: async () => (await import('./commands/run.js')).run,
  },
  reconciler: {
    help: 'runs SparkApplications',
    load: async () => (await import('./commands/reconciler.js')).reconciler,
  },
  webhook: { help: 'the admission server', load: async () => (await import('./commands/webhook.js')).webhook },
  start: {
    help: 'FILE…: runs SparkApplications in a sandbox, without a cluster',
    load: async () => (await import('./commands/start.js')).start,
  },
  sandbox: {
    help: 'an API server and a simulated node, for trying and testing without a cluster',
    load: async () => (await import('./commands/sandbox.js')).sandbox,
  },
  render: {
    help: 'FILE: the objects that a SparkApplication leads to',
    load: async () => (await import('./commands/render.js')).render,
  },
  mutate: {
    help: 'POD.json: the pod after admission',
    load: async () => (await import('./commands/mutate.js')).mutate,
  },
  validate: {
    help: 'FILE…: what is wrong with the manifests',
    load: async () => (await import('./commands/validate.js')).validate,
  },
  crds: { help: 'the CustomResourceDefinitions as YAML', load: async () => (await import('./commands/crds.js')).crds },
  migrate: {
    help: '--check: what becomes of the applications and settings of the Kubeflow operator',
    load: async () => (await import('./commands/migrate.js')).migrate,
  },
  'spark-submit': {
    help: 'ARGS…: spark-submit in cluster mode; --dry-run prints its API requests',
    load: async () => (await import('./commands/spark-submit-process.js')).sparkSubmitProcess,
  },
};

function isCommand(name: string): name is keyof typeof commandFlags {
  return Object.hasOwn(commandFlags, name);
}

/** Of one command; spark-submit takes the options of Spark's own. */
function help(name: string): string {
  const flags = isCommand(name) ? describeFlags(commandFlags[name]) : '';
  return `firesteel ${name}: ${commands[name]?.help}\n\n${flags}`;
}

function usage(): string {
  const lines = Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(14)}${help}`);
  return `firesteel ${version}\n\nusage: firesteel COMMAND [FLAGS]\n\n${lines.join('\n')}\n`;
}

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--version' || name === 'version') {
    io.out(`${version}\n`);
    return 0;
  }
  if (name === '') {
    io.warn(usage());
    return 2;
  }
  if (isHelp(name) && !Object.hasOwn(commands, rest[0] ?? '')) {
    io.out(usage());
    return 0;
  }
  if (isHelp(name)) return await main([rest[0] ?? '', '--help'], io);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new FiresteelError('USAGE', `unknown command ${name}; there are ${Object.keys(commands).join(', ')}`);
  }
  if (name !== 'spark-submit' && rest.some(isHelp)) {
    io.out(help(name));
    return 0;
  }
  refuseUnknownVariables(io.environment);
  return (await command.load())(rest, io);
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h' || argument === 'help';
}

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());

const io: CommandIo = {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  warn: (text) => void process.stderr.write(text),
  signal: ending.signal,
};

/** Whoever reads us may stop reading (`| head`); any other fault of an output is a failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}

try {
  process.exitCode = await main(process.argv.slice(2), io);
} catch (error) {
  io.warn(`firesteel: ${messageOf(error)}\n`);
  if (!(error instanceof FiresteelError) && error instanceof Error) io.warn(`${error.stack}\n`);
  process.exitCode = error instanceof FiresteelError && error.code === 'USAGE' ? 2 : 1;
}
