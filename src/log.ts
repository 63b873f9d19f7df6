/**
 * Structured logs on stdout (pino). A line names objects and outcomes; it never holds a spec, a conf, an annotation or an
 * environment, because those may carry secrets.
 */
import { type Logger, pino } from 'pino';

export type { Logger };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * @param level default `info`
 * @param stream default stdout
 */
export function createLogger(level: LogLevel = 'info', stream: 'stdout' | 'stderr' = 'stdout'): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.errWithCause },
  };
  return pino(options, pino.destination(stream === 'stdout' ? 1 : 2));
}

/** For tests and for commands whose output is not a log. */
export const silentLogger: Logger = createLogger('silent');
