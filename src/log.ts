/**
 * Structured logs on stdout (pino). A line names objects and outcomes; it never holds a spec, a conf, an annotation or an
 * environment, because those may carry secrets.
 */
import { type Logger, pino } from 'pino';

export type { Logger };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** @param level default `info` */
export function createLogger(level: LogLevel = 'info'): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.errWithCause },
  });
}

/** For tests and for commands whose output is not a log. */
export const silentLogger: Logger = createLogger('silent');
