/**
 * Rows of a system that carry the CRM's ids besides a key of their own. One rule says whose a row is, and serves both ways:
 * a row is a person's exactly when it leads back to that person. Looked for by its own key first, which takes one round;
 * the CRM's id is the second opinion, and finds those whose own key is another one. Where the two lead to different objects
 * of the CRM the row is nobody's; where the CRM knows only one of them, the key that goes first in schema/identity.yaml counts.
 * While the CRM cannot be asked a row is as its own key says, and said to be unchecked.
 */
import { type CrmObject, crmRow, EXTERNAL_ID, type ExternalRow, type MatchRule, named, ownerOf } from './crm-owner.ts';
import type { JoinContext } from './join.ts';
import { unlessOutOfScope } from './known.ts';

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
  if (byOwnKey?.conflict === null || !named(keys, EXTERNAL_ID)) return byOwnKey;
  const bySpelling = byOwnKey && (await matchBySpelling(rule, key, context));
  if (bySpelling) return bySpelling;
  const byId = await matchByExternalId(rule, key, context);
  return byId?.conflict === null ? byId : (byOwnKey ?? byId);
}

/** A row that is nobody's, or somebody else's, hides none that an alias leads to. Null: there is none, or no alias. */
async function matchBySpelling<Row extends ExternalRow, CrmRow extends CrmObject>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  context: JoinContext,
): Promise<Match<Row> | null> {
  const { of } = rule.byOwnKey;
  const spellings = of === undefined ? [] : context.identity.spellings(of, key);
  if (spellings.length < 2) return null;
  const rows = await Promise.all(spellings.map((spelling) => context.reads.load(rule.bySpelling, spelling)));
  for (const row of new Set(rows)) {
    const match = row && (await matchOf(rule, row, { key, foundBy: rule.ownKey }, context));
    if (match?.conflict === null) return match;
  }
  return null;
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
