/** Keeps what is logged. */
import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';

export interface LogLine {
  level: string;
  msg: string;
  reason?: string;
}

export function recordingLogger(): { logger: Logger; lines: LogLine[]; at: (level: string) => LogLine[] } {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const logger = pino({ level: 'debug', formatters: { level: (label) => ({ level: label }) } }, stream);
  return { logger, lines, at: (level) => lines.filter((line) => line.level === level) };
}
