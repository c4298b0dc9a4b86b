/** Long work of the writer thread, handed to it step by step, so that others append in between. */
import type { EventQuery, Operator, Retention } from './log.ts';
import type { SqliteWriter } from './sqlite-writer.ts';

/** Events of one step of a replay. */
const REPLAY_STEP = 200;

interface Repeat {
  query: EventQuery;
  by: Operator;
  now: () => number;
}

/** Numbers of the events come in `found`. Returns how many were appended anew. */
export async function replayEvents(
  found: AsyncIterable<number[]>,
  writer: SqliteWriter,
  { query: { ids, ...query }, by, now }: Repeat,
): Promise<number> {
  const text = JSON.stringify({ ...query, ids: ids?.length });
  let act: number | undefined;
  let count = 0;
  for await (const window of found) {
    for (let from = 0; from < window.length || act === undefined; from += REPLAY_STEP) {
      const seqs = window.slice(from, from + REPLAY_STEP);
      const step = await writer.run<'replay'>({ kind: 'replay', seqs, by, query: text, act, at: now() });
      act = step.act;
      count += step.events;
    }
  }
  return count;
}

/** Returns how many events went. */
export async function pruneVendor(
  writer: SqliteWriter,
  vendor: string,
  retention: Retention,
  now: () => number,
): Promise<number> {
  let gone = 0;
  for (let more = true; more; ) {
    const step = await writer.run<'prune'>({ kind: 'prune', vendor, retention, gone, at: now() });
    gone += step.gone;
    ({ more } = step);
  }
  return gone;
}
