/** Hears of passes that decide without end, which nothing else shows. */
import { type Logger, silentLogger } from '../../src/log.js';

/** What a pass says that made more steps than any way through the states needs. */
const inCircles = /no end after \d+ steps/;

export function passLogger(onCircles: (detail: string) => void): Logger {
  const logger = silentLogger.child({});
  logger.warn = (fields: unknown) => {
    const { reason } = Object(fields) as { reason?: unknown };
    if (typeof reason === 'string' && inCircles.test(reason)) onCircles(reason);
  };
  return logger;
}
