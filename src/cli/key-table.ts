/** Keys as a list for people, and as the rows `--json` prints. */
import type { StoredKey } from '../store/key-store.ts';

export interface KeyRow {
  prefix: string;
  client: string;
  name: string | null;
  state: 'live' | 'expired' | 'revoked';
  /** ISO 8601, as are all times here. */
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export function keyRow(key: StoredKey, now: number): KeyRow {
  const { prefix, client, name = null, createdAt, expiresAt, revokedAt, lastUsedAt } = key;
  const expired = expiresAt !== undefined && expiresAt <= now;
  return {
    prefix,
    client,
    name,
    state: revokedAt !== undefined ? 'revoked' : expired ? 'expired' : 'live',
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: isoTime(expiresAt),
    revokedAt: isoTime(revokedAt),
    lastUsedAt: isoTime(lastUsedAt),
  };
}

/** One line for each key, under a line of headings. Times to the minute, UTC. */
export function keyTable(rows: readonly KeyRow[]): string {
  const cells = [
    ['PREFIX', 'CLIENT', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED', 'NAME'],
    ...rows.map(({ prefix, client, state, createdAt, expiresAt, lastUsedAt, name }) => [
      prefix,
      client,
      state,
      minute(createdAt),
      expiresAt === null ? 'never' : minute(expiresAt),
      lastUsedAt === null ? 'never' : minute(lastUsedAt),
      name ?? '',
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
