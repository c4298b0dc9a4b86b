/**
 * Rows of a system that carry the CRM's ids besides a key of their own. One rule says whose a row is, and serves both ways:
 * a row is a person's exactly when it leads back to that person. Looked for by its own key first, which takes one round;
 * the CRM's id is the second opinion, and finds those whose own key is another one. Where the two lead to different objects
 * of the CRM the row is nobody's; where the CRM knows only one of them, the key that goes first in schema/identity.yaml counts.
 * While the CRM cannot be asked a row is as its own key says, and said to be unchecked.
 */
import type { Identity } from './identity.ts';
import type { JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { isOutOfScope, unlessOutOfScope } from './known.ts';

export interface Match<Row> {
  row: Row;
  matchedBy: string;
  /** 0 to 1, as schema/identity.yaml says; at most a half when unchecked. */
  confidence: number;
  /** False: the row has an id of the CRM, which could not be asked whose it is. */
  isChecked: boolean;
  /** Why the row is not merged. Names keys, never their values: they may be another person's. */
  conflict: string | null;
}

export interface MatchRule<Row, CrmRow> {
  /** The key's name in schema/identity.yaml. */
  ownKey: string;
  /** In order of precedence. */
  keys(identity: Identity): readonly RankedKey[];
  byOwnKey: KeyedRead<Row>;
  byExternalId: KeyedRead<Row>;
  crmByKey: KeyedRead<CrmRow>;
  crmById: KeyedRead<CrmRow>;
  /** Canonical keys. */
  ownKeysOf(row: Row, identity: Identity): readonly string[];
  keyOfCrm(row: CrmRow, identity: Identity): string | null;
}

interface RankedKey {
  key: string;
  confidence: number;
}

interface ExternalRow {
  external_id?: string | null;
}

interface CrmObject {
  id: string;
}

/** Whose a row is. */
interface Owner {
  /** Canonical keys the row is found under; it leads back to the first. None: it is nobody's. */
  keys: readonly string[];
  matchedBy: RankedKey | undefined;
  isChecked: boolean;
}

const EXTERNAL_ID = 'external_id';
const NOBODY: Owner = { keys: [], matchedBy: undefined, isChecked: true };
const MOST_UNCHECKED = 0.5;

/** The row of whom a canonical key recognises, merged or in conflict; null when the system knows nobody. */
export async function matchWithCrm<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  context: JoinContext,
): Promise<Match<Row> | null> {
  const keys = rule.keys(context.identity);
  const row = named(keys, rule.ownKey) ? await context.reads.load(rule.byOwnKey, key) : null;
  const byOwnKey = row && (await matchOf(rule, row, { key, foundBy: rule.ownKey }, context));
  if ((byOwnKey && byOwnKey.conflict === null) || !named(keys, EXTERNAL_ID)) return byOwnKey;
  const byId = await matchByExternalId(rule, key, context);
  return byId?.conflict === null ? byId : (byOwnKey ?? byId);
}

/** The canonical key of whom a row leads back to; null for nobody. */
export async function keyWithCrm<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  row: Row,
  context: JoinContext,
): Promise<string | null> {
  return (await ownerOf(rule, row, context)).keys[0] ?? null;
}

/** Whether a row is found under a canonical key. */
export async function isRowOfKey<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  row: Row,
  key: string,
  context: JoinContext,
): Promise<boolean> {
  return (await ownerOf(rule, row, context)).keys.includes(key);
}

/** Only the CRM can tell under which id to look, so its failure is this one's. Whoever may not see it knows nobody by its ids. */
async function matchByExternalId<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  context: JoinContext,
): Promise<Match<Row> | null> {
  const expected = await unlessOutOfScope(crmRow(rule, key, context));
  const row = expected && (await context.reads.load(rule.byExternalId, expected.id));
  return row && (await matchOf(rule, row, { key, foundBy: EXTERNAL_ID }, context));
}

async function matchOf<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  row: Row,
  { key, foundBy }: { key: string; foundBy: string },
  context: JoinContext,
): Promise<Match<Row>> {
  const { keys, matchedBy, isChecked } = await ownerOf(rule, row, context);
  if (!keys.includes(key)) {
    const conflict = matchedBy
      ? `${matchedBy.key} goes first, and leads to somebody else.`
      : `${rule.ownKey} and ${EXTERNAL_ID} lead to different objects of the CRM.`;
    return { row, matchedBy: foundBy, confidence: 0, isChecked, conflict };
  }
  const confidence = matchedBy?.confidence ?? 0;
  return {
    row,
    matchedBy: matchedBy?.key ?? foundBy,
    confidence: isChecked ? confidence : Math.min(confidence, MOST_UNCHECKED),
    isChecked,
    conflict: null,
  };
}

/** The rule itself. What it says of a row depends on the row and the CRM alone, not on which way the row was found. */
async function ownerOf<Row extends ExternalRow, CrmRow extends CrmObject>(
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
async function crmRow<Row, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  { reads }: JoinContext,
): Promise<CrmRow | null> {
  const row = await reads.load(rule.crmByKey, key);
  if (row) reads.prime(rule.crmById, row);
  return row;
}

function named(keys: readonly RankedKey[], name: string): RankedKey | undefined {
  return keys.find(({ key }) => key === name);
}

/** External ids may be those of any system; only what looks like HubSpot's is asked for, or the whole batch would be refused. */
function crmId({ external_id: id }: ExternalRow): string | null {
  return typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id) ? id : null;
}
