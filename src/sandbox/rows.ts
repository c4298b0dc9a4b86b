/** What the faults `reorder`, `drop` and `duplicate` do to an answer's rows: arrays of objects at the top or in the first two levels. */
type Change = (rows: readonly unknown[]) => readonly unknown[];

const ROW_FAULTS = {
  reorder: (rows) => rows.toReversed(),
  drop: (rows) => rows.filter((_row, index) => index % 2 === 0),
  duplicate: (rows) => rows.flatMap((row) => [row, row]),
} satisfies Record<string, Change>;

export type RowFault = keyof typeof ROW_FAULTS;

export function isRowFault(kind: string): kind is RowFault {
  return Object.hasOwn(ROW_FAULTS, kind);
}

/** A changed copy; the emulator's own state stays as it is. */
export function changeRows(kinds: readonly RowFault[], json: unknown): unknown {
  return change(
    json,
    (rows) => kinds.reduce<readonly unknown[]>((changed, kind) => ROW_FAULTS[kind](changed), rows),
    2,
  );
}

function change(value: unknown, apply: Change, levels: number): unknown {
  if (Array.isArray(value)) return value.every((row) => typeof row === 'object' && row !== null) ? apply(value) : value;
  if (typeof value !== 'object' || value === null || levels === 0) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part, apply, levels - 1)]));
}
