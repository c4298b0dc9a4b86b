/** Who had a key first. Asked by inserting it, inside the transaction that appends: nobody comes in between. */
import type { DatabaseSync } from 'node:sqlite';
import type { DedupeKey } from './delivery.ts';
import type { PackedEvent } from './sqlite-jobs.ts';

const CLAIM = `
  INSERT INTO dedupe (vendor, key, body_sha256, event_seq, expires_at, secret) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;
const FIND = 'SELECT body_sha256 AS bodySha256, event_seq AS seq FROM dedupe WHERE vendor = ? AND key = ?';
const GIVE_BACK = 'DELETE FROM dedupe WHERE vendor = ? AND key = ?';
/** A key of a repeated event lasts as long as the repeat asks for. */
const REMEMBER = `
  INSERT INTO dedupe (vendor, key, body_sha256, event_seq, expires_at, secret) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at), secret = coalesce(excluded.secret, secret)
  WHERE excluded.expires_at > expires_at OR secret IS NOT coalesce(excluded.secret, secret)`;

interface Owner {
  bodySha256: string;
  seq: number;
}

/** `seq` of what is to be stored. */
export type Claim = { outcome: 'stored'; seq: number } | { outcome: 'duplicate' | 'conflict'; seq: null };

/** Decides about an event that would get the number `seq`, and keeps its keys if it is new. */
export type ClaimKeys = (vendor: string, event: PackedEvent, seq: number) => Claim;

export function createClaims(db: DatabaseSync): ClaimKeys {
  const claim = db.prepare(CLAIM);
  const find = db.prepare(FIND);
  const giveBack = db.prepare(GIVE_BACK);
  const remember = db.prepare(REMEMBER);

  /** Undefined when the key is ours now. */
  const ownerOf = (vendor: string, { key, expiresAt, secret = null }: DedupeKey, own: Owner): Owner | undefined => {
    if (claim.run(vendor, key, own.bodySha256, own.seq, whole(expiresAt), secret).changes === 1) return undefined;
    // The columns are those of FIND, their types those of the schema, which is STRICT.
    const owner = find.get(vendor, key) as unknown as Owner;
    return owner.seq === own.seq ? undefined : owner;
  };

  return (vendor, { dedupeKeys, bodySha256 }, seq) => {
    const own = { bodySha256, seq };
    const known = dedupeKeys.map((key) => ({ key, owner: ownerOf(vendor, key, own) }));
    if (known.every(({ owner }) => owner === undefined)) return { outcome: 'stored', seq };
    // A conflicting event leaves nothing known: its bytes may come again under an id of their own.
    for (const { key, owner } of known) if (owner === undefined) giveBack.run(vendor, key.key);
    const first = known.find(({ key, owner }) => owner && (key.isBodyHash || owner.bodySha256 === bodySha256))?.owner;
    if (first === undefined) return { outcome: 'conflict', seq: null };
    for (const { key, expiresAt, secret = null } of dedupeKeys) {
      remember.run(vendor, key, first.bodySha256, first.seq, whole(expiresAt), secret);
    }
    return { outcome: 'duplicate', seq: null };
  };
}

const whole = (time: number): number => Math.min(Math.ceil(time), Number.MAX_SAFE_INTEGER);
