/** Whose a helpdesk row is that has a key of its own and may carry an id of the CRM's: docs/joins.md, "Where systems disagree". */
import type { Spellings } from './spellings.ts';

/** As the default rules say: the CRM's id goes first. */
export interface HelpdeskRule<Row, CrmRow> {
  rows: readonly Row[];
  ownKey: { name: string; confidence: number };
  /** As the row has them. */
  ownKeysOf(row: Row): readonly string[];
  externalIdOf(row: Row): string | null;
  /** The row that a spelling of an own key finds. */
  bySpelling(spelling: string): Row | null;
  crmByKey(key: string): CrmRow | null;
  crmById(id: string): CrmRow | null;
  idOfCrm(row: CrmRow): string | undefined;
  keyOfCrm(row: CrmRow): string;
  spellings: Spellings;
}

export interface HelpdeskMatch<Row> {
  row: Row;
  matchedBy: string;
  confidence: number;
  conflict: string | null;
}

export interface Helpdesk<Row> {
  /** The key of whom a row leads back to. */
  leadsTo(row: Row): string | null;
  /** What the helpdesk has of whom the key recognises. */
  match(key: string): HelpdeskMatch<Row> | null;
  /** Null where its keys contradict each other. */
  rowOf(key: string): Row | null;
  isOf(row: Row, key: string): boolean;
}

interface Owner {
  /** It leads back to the first. */
  keys: readonly string[];
  by: string | null;
}

const EXTERNAL_ID = 'external_id';
const NOBODY: Owner = { keys: [], by: null };

export function createHelpdesk<Row, CrmRow>(rule: HelpdeskRule<Row, CrmRow>): Helpdesk<Row> {
  const { ownKey, spellings, crmByKey } = rule;
  const byExternalId = new Map(rule.rows.map((row) => [rule.externalIdOf(row), row]));

  const ownerOf = (row: Row): Owner => {
    const own = [...new Set(rule.ownKeysOf(row).map(spellings.canonical))];
    const linked = rule.crmById(rule.externalIdOf(row) ?? '');
    // No such id: as its own key says.
    if (linked === null) return own.length === 0 ? NOBODY : { keys: own, by: ownKey.name };
    const key = rule.keyOfCrm(linked);
    const isNew = (one: string) => crmByKey(one) === null;
    // To one, or to doubles of one key.
    if (own.includes(key)) return { keys: [key, ...own.filter(isNew)], by: EXTERNAL_ID };
    // To two.
    if (!own.every(isNew)) return NOBODY;
    // The CRM knows only the id's: that one's, if it is the record that counts for its key.
    return crmByKey(key) === linked ? { keys: [key], by: EXTERNAL_ID } : NOBODY;
  };

  const matchOf = (row: Row, key: string, foundBy: string): HelpdeskMatch<Row> => {
    const { keys, by } = ownerOf(row);
    if (!keys.includes(key)) {
      const conflict =
        by === null
          ? `${ownKey.name} and ${EXTERNAL_ID} lead to different objects of the CRM.`
          : `${by} goes first, and leads to somebody else.`;
      return { row, matchedBy: foundBy, confidence: 0, conflict };
    }
    const matchedBy = by ?? foundBy;
    return { row, matchedBy, confidence: matchedBy === EXTERNAL_ID ? 1 : ownKey.confidence, conflict: null };
  };

  const match = (key: string): HelpdeskMatch<Row> | null => {
    const crm = crmByKey(key);
    const byId = crm && byExternalId.get(rule.idOfCrm(crm) ?? '');
    const found = [
      ...spellings
        .of(key)
        .flatMap((spelling) => rule.bySpelling(spelling) ?? [])
        .map((row) => matchOf(row, key, ownKey.name)),
      ...(byId ? [matchOf(byId, key, EXTERNAL_ID)] : []),
    ];
    return found.find(({ conflict }) => conflict === null) ?? found[0] ?? null;
  };

  return {
    match,
    leadsTo: (row) => ownerOf(row).keys[0] ?? null,
    rowOf(key) {
      const found = match(key);
      return found?.conflict === null ? found.row : null;
    },
    isOf: (row, key) => ownerOf(row).keys.includes(key),
  };
}
