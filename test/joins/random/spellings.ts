/** Aliases as schema/identity.yaml has them, and how a record of several spellings is found. */

/** Spelling → the one it stands for. */
export interface Aliases {
  readonly person: Readonly<Record<string, string>>;
  readonly account: Readonly<Record<string, string>>;
}

export const NO_ALIASES: Aliases = { person: {}, account: {} };

export interface Spellings {
  /** What a key stands for. */
  canonical(key: string): string;
  /** Itself first, its aliases as the file lists them. */
  of(canonical: string): readonly string[];
}

export function spellingsIn(aliases: Readonly<Record<string, string>>): Spellings {
  const others = Map.groupBy(Object.keys(aliases), (alias) => aliases[alias]);
  return { canonical: (key) => aliases[key] ?? key, of: (key) => [key, ...(others.get(key) ?? [])] };
}

/** Of two rows with one key the first counts; a row of the key itself goes before those of its aliases. */
export function finder<Row>(
  rows: readonly Row[],
  keysOf: (row: Row) => readonly string[],
  spellings: Spellings,
): (canonical: string) => Row | null {
  const byKey = new Map<string, Row>();
  for (const row of rows) for (const key of keysOf(row)) if (!byKey.has(key)) byKey.set(key, row);
  return (canonical) => {
    const key = spellings.of(canonical).find((one) => byKey.has(one));
    return (key === undefined ? undefined : byKey.get(key)) ?? null;
  };
}
