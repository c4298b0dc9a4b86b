/**
 * Rows of a system that carry the CRM's ids besides a key of their own. Found by their own key, which takes one round;
 * the CRM's id is the second opinion, and finds those whose own key is another one. Where the two lead to different
 * objects of the CRM, nothing is merged: the match says so.
 */
import type { JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';

export interface Match<Row> {
  row: Row;
  matchedBy: string;
  /** 0 to 1, as schema/identity.yaml says. */
  confidence: number;
  /** Why the row is not merged. Names keys, never their values: they may be another person's. */
  conflict: string | null;
}

export interface MatchRule<Row, CrmRow> {
  /** The key's name in schema/identity.yaml. */
  ownKey: string;
  /** In order of precedence. */
  keys: readonly { key: string; confidence: number }[];
  byOwnKey: KeyedRead<Row>;
  byExternalId: KeyedRead<Row>;
  crmByKey: KeyedRead<CrmRow>;
  crmById: KeyedRead<CrmRow>;
  /** Canonical keys. */
  ownKeysOf(row: Row): readonly string[];
  keyOfCrm(row: CrmRow): string | null;
}

interface ExternalRow {
  external_id?: string | null;
}

export async function matchWithCrm<Row extends ExternalRow, CrmRow extends { id: string }>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  context: JoinContext,
): Promise<Match<Row> | null> {
  const own = rule.keys.find((one) => one.key === rule.ownKey);
  const isLinked = rule.keys.some((one) => one.key === 'external_id');
  const row = own ? await context.reads.load(rule.byOwnKey, key) : null;
  if (row === null) return isLinked ? matchByExternalId(rule, key, context) : null;
  return isLinked ? withSecondOpinion(rule, row, key, context) : matched(rule, row, [rule.ownKey]);
}

async function withSecondOpinion<Row extends ExternalRow, CrmRow extends { id: string }>(
  rule: MatchRule<Row, CrmRow>,
  row: Row,
  key: string,
  { reads }: JoinContext,
): Promise<Match<Row>> {
  const id = crmId(row);
  if (id === null) return matched(rule, row, [rule.ownKey]);
  const expected = await unlessItFails(reads.load(rule.crmByKey, key));
  // Unknown to the CRM, or it cannot tell: nothing to contradict.
  if (expected === null) return matched(rule, row, [rule.ownKey]);
  if (expected.id === id) return matched(rule, row, [rule.ownKey, 'external_id']);
  const other = await unlessItFails(reads.load(rule.crmById, id));
  if (other === null) return matched(rule, row, [rule.ownKey]);
  // Doubles in the CRM are one person, too.
  if (rule.keyOfCrm(other) === key) return matched(rule, row, [rule.ownKey, 'external_id']);
  return inConflict(rule, row, rule.ownKey);
}

async function matchByExternalId<Row extends ExternalRow, CrmRow extends { id: string }>(
  rule: MatchRule<Row, CrmRow>,
  key: string,
  { reads }: JoinContext,
): Promise<Match<Row> | null> {
  const expected = await unlessItFails(reads.load(rule.crmByKey, key));
  const row = expected && (await reads.load(rule.byExternalId, expected.id));
  if (!row) return null;
  const ownKeys = rule.keys.some((one) => one.key === rule.ownKey) ? rule.ownKeysOf(row) : [];
  if (ownKeys.includes(key)) return matched(rule, row, [rule.ownKey, 'external_id']);
  const others = await Promise.all(ownKeys.map((own) => unlessItFails(reads.load(rule.crmByKey, own))));
  const contradicts = others.some((other) => other !== null && other.id !== expected.id);
  return contradicts ? inConflict(rule, row, 'external_id') : matched(rule, row, ['external_id']);
}

/** By the key that goes first among those that agree. */
function matched<Row, CrmRow>({ keys }: MatchRule<Row, CrmRow>, row: Row, agreeing: readonly string[]): Match<Row> {
  const first = keys.find(({ key }) => agreeing.includes(key));
  return { row, matchedBy: first?.key ?? '', confidence: first?.confidence ?? 0, conflict: null };
}

function inConflict<Row, CrmRow>({ ownKey }: MatchRule<Row, CrmRow>, row: Row, matchedBy: string): Match<Row> {
  const conflict = `${ownKey} and external_id lead to different objects of the CRM.`;
  return { row, matchedBy, confidence: 0, conflict };
}

/** External ids may be those of any system; only what looks like HubSpot's is asked for, or the whole batch would be refused. */
function crmId({ external_id: id }: ExternalRow): string | null {
  return typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id) ? id : null;
}

/** The CRM's failure is not this system's, and is told where the CRM's own fields are. */
const unlessItFails = <Row>(row: Promise<Row | null>): Promise<Row | null> => row.catch(() => null);
