/** One JSON line per fact. Credentials and personal data are never given to it; what is censored here is a second net. */
import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

const SECRET_FIELDS = ['authorization', 'cookie', 'password', 'token', 'key', 'secret', 'apiKey'];

export interface LogOptions {
  level: string;
  /** Where lines go. @default standard output */
  destination?: pino.DestinationStream;
}

export function createLog({ level, destination }: LogOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
    formatters: { level: (label) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}
