/** What `firesteel start` shows: a line for everything that happens, with the time since the start. */
export interface StartView {
  state(application: string, state: string, message: string): void;
  admitted(pod: string, changes: readonly string[]): void;
  log(pod: string, lines: readonly string[]): void;
  note(text: string): void;
}

const colours: Readonly<Record<string, number>> = { COMPLETED: 32, FAILED: 31, RUNNING: 36, SUBMITTED: 33 };
const grey = 90;

/** @param now milliseconds; @param coloured on a terminal, unless NO_COLOR is set */
export function createStartView(out: (text: string) => void, now: () => number, coloured: boolean): StartView {
  const begun = now();
  const paint = (text: string, colour: number | undefined) =>
    coloured && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const line = (text: string) =>
    out(`${paint(`${((now() - begun) / 1_000).toFixed(1).padStart(5)}s`, grey)}  ${text}\n`);
  return {
    state: (application, state, message) =>
      line(`${application}  ${paint(state, colours[state])}${message === '' ? '' : `  ${message}`}`),
    admitted(pod, changes) {
      line(`  pod ${pod} admitted${changes.length === 0 ? ', as it was' : ''}`);
      for (const change of changes) line(`    ${paint(change, grey)}`);
    },
    log(pod, lines) {
      for (const text of lines) line(`  ${paint(`${pod} |`, grey)} ${text}`);
    },
    note: (text) => line(text),
  };
}
