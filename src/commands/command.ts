/** What every subcommand gets and gives: the outside world as an argument, an exit code as the answer. */
export interface CommandIo {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** 0: done; 1: failed. Wrong usage is thrown, and exits with 2. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;
