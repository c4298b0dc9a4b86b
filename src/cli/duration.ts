/** Durations as people type them: `90d`, `24h`, `30m`. */
import { ConfigError } from '../config/config-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_DAYS = 3_650;

/** Milliseconds. Throws `ConfigError` naming the option. `least`: shortest allowed, milliseconds. */
export function parseDuration(text: string, option: string, least = 0): number {
  const [, count, unit = ''] = /^(\d{1,9})([mhd])$/.exec(text) ?? [];
  const duration = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (duration >= least && duration <= LONGEST_DAYS * 86_400_000) return duration;
  const message = `Found "${text}", expected a duration such as 90d, 24h or 30m, at most ${LONGEST_DAYS}d.`;
  throw new ConfigError({ file: option, message });
}
