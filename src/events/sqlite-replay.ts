/** Appends stored events anew at the head, a few in each transaction; the bytes stay with the delivery they came in. */
import type { DatabaseSync } from 'node:sqlite';
import type { RecordAct } from './sqlite-audit.ts';
import type { JobAnswers, ReplayStep } from './sqlite-jobs.ts';

const CHOSEN = 'SELECT value FROM json_each(?)';
const COPY = `
  INSERT INTO event (delivery, ix, vendor, type, event_id, vendor_time, received_at, unsigned, own_id, replay_of, body)
  SELECT e.delivery, e.ix, e.vendor, e.type, e.event_id, e.vendor_time, ?, e.unsigned,
         lower(hex(randomblob(16))), coalesce(e.own_id, d.id || '.' || e.ix), e.body
  FROM event e JOIN delivery d ON d.number = e.delivery WHERE e.seq IN (${CHOSEN}) ORDER BY e.seq`;
const GROW = `
  UPDATE delivery SET events = delivery.events + more.events
  FROM (SELECT delivery, count(*) AS events FROM event WHERE seq IN (${CHOSEN}) GROUP BY delivery) AS more
  WHERE number = more.delivery`;
const TALLY = `
  INSERT INTO tally SELECT vendor, count(*), sum(coalesce(octet_length(body), 0))
  FROM event WHERE seq IN (${CHOSEN}) GROUP BY vendor
  ON CONFLICT DO UPDATE SET events = tally.events + excluded.events, bytes = tally.bytes + excluded.bytes`;
const COUNT = `
  UPDATE audit SET detail = json_set(detail, '$.events', coalesce(json_extract(detail, '$.events'), 0) + ?) WHERE number = ?`;

/** What retention took since the numbers were found is not repeated, and not counted. */
export function createReplay(db: DatabaseSync, record: RecordAct): (step: ReplayStep) => JobAnswers['replay'] {
  const copy = db.prepare(COPY);
  const grow = db.prepare(GROW);
  const tally = db.prepare(TALLY);
  const count = db.prepare(COUNT);
  return ({ seqs, by, query, at, act = record({ action: 'replay', by, at, detail: query }) }) => {
    const chosen = JSON.stringify(seqs);
    grow.run(chosen);
    tally.run(chosen);
    const events = Number(copy.run(at, chosen).changes);
    count.run(events, act);
    return { act, events };
  };
}
