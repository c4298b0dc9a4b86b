/**
 * Whose a row is that carries the CRM's id besides a key of its own. It depends on the row and the CRM alone, not on which way
 * the row was found: docs/joins.md, "Where systems disagree".
 */
import type { Identity } from './identity.ts';
import type { JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { isOutOfScope } from './known.ts';

export interface MatchRule<Row, CrmRow> {
  /** The key's name in schema/identity.yaml. */
  ownKey: string;
  /** In order of precedence. */
  keys(identity: Identity): readonly RankedKey[];
  byOwnKey: KeyedRead<Row>;
  /** The same, for one spelling of a key: aliases are not taken together. */
  bySpelling: KeyedRead<Row>;
  byExternalId: KeyedRead<Row>;
  crmByKey: KeyedRead<CrmRow>;
  crmById: KeyedRead<CrmRow>;
  /** Canonical keys. */
  ownKeysOf(row: Row, identity: Identity): readonly string[];
  keyOfCrm(row: CrmRow, identity: Identity): string | null;
}

export interface RankedKey {
  key: string;
  confidence: number;
}

export interface ExternalRow {
  external_id?: string | null;
}

export interface CrmObject {
  id: string;
}

/** Whose a row is. */
export interface Owner {
  /** Canonical keys the row is found under; it leads back to the first. None: it is nobody's. */
  keys: readonly string[];
  matchedBy: RankedKey | undefined;
  isChecked: boolean;
}

export const EXTERNAL_ID = 'external_id';
const NOBODY: Owner = { keys: [], matchedBy: undefined, isChecked: true };

/** The rule itself. While the CRM cannot be asked a row is as its own key says. Throws when it has none. */
export async function ownerOf<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  row: Row,
  context: JoinContext,
): Promise<Owner> {
  const keys = rule.keys(context.identity);
  const ownKey = named(keys, rule.ownKey);
  const own = ownKey ? [...new Set(rule.ownKeysOf(row, context.identity))] : [];
  const id = named(keys, EXTERNAL_ID) ? crmId(row) : null;
  if (id === null) return own.length > 0 ? { keys: own, matchedBy: ownKey, isChecked: true } : NOBODY;
  try {
    return await ownerByBoth(rule, { keys, own, id }, context);
  } catch (error) {
    if (own.length > 0) return { keys: own, matchedBy: ownKey, isChecked: false };
    if (isOutOfScope(error)) return NOBODY;
    throw error;
  }
}

async function ownerByBoth<Row, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  { keys, own, id }: { keys: readonly RankedKey[]; own: readonly string[]; id: string },
  context: JoinContext,
): Promise<Owner> {
  const ownKey = named(keys, rule.ownKey);
  const known = await Promise.all(own.map((key) => crmRow(rule, key, context)));
  // Of a company's several domains, those that the CRM does not know follow the others.
  const unknown = own.filter((_key, index) => known[index] === null);
  const agreeing = own.filter((_key, index) => known[index]?.id === id);
  if (agreeing.length > 0) return { keys: [...agreeing, ...unknown], matchedBy: keys[0], isChecked: true };

  const byOwnKey: Owner = own.length > 0 ? { keys: own, matchedBy: ownKey, isChecked: true } : NOBODY;
  const linked = await context.reads.load(rule.crmById, id);
  // An id of another system's, or of what is gone.
  if (linked === null) return byOwnKey;
  const key = rule.keyOfCrm(linked, context.identity);
  // Doubles in the CRM are one person, too.
  if (key !== null && own.includes(key)) {
    return { keys: [key, ...unknown.filter((one) => one !== key)], matchedBy: keys[0], isChecked: true };
  }
  if (unknown.length < own.length) return NOBODY;
  if (key === null || (ownKey && own.length > 0 && keys[0] === ownKey)) return byOwnKey;
  // Who is looked for by key is found under the id of one record only: the others of that key are doubles.
  const isFound = (await crmRow(rule, key, context))?.id === id;
  return isFound ? { keys: [key], matchedBy: named(keys, EXTERNAL_ID), isChecked: true } : NOBODY;
}

/** The CRM's record of a key; kept under its id as well, which is no other record's. */
export async function crmRow<Row, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  { reads }: JoinContext,
): Promise<CrmRow | null> {
  const row = await reads.load(rule.crmByKey, key);
  if (row) reads.prime(rule.crmById, row);
  return row;
}

export function named(keys: readonly RankedKey[], name: string): RankedKey | undefined {
  return keys.find(({ key }) => key === name);
}

/** External ids may be those of any system; only what looks like HubSpot's is asked for, or the whole batch would be refused. */
function crmId({ external_id: id }: ExternalRow): string | null {
  return typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id) ? id : null;
}
