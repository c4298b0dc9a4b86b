/**
 * What the app has done, a line of JSON each, on disk before the next thing is done. The cursor stands in the same file as
 * the effects: "effectively once" needs the two together. Holds ids and results, nothing personal.
 */
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A step that was done with what came of it, or one that a vendor refused for good. */
export type Outcome = { done: unknown } | { refused: string };

type Line =
  | { cursor: string }
  | { lead: string; step: string; begunAt: number }
  | ({ lead: string; step: string } & Outcome);

export interface Journal {
  /** Everything before it is dealt with; undefined: the app has never followed anything. */
  cursor(): string | undefined;
  moveTo(cursor: string): void;
  /** Epoch milliseconds of the last start whose end is not known. */
  begunAt(lead: string, step: string): number | undefined;
  begin(lead: string, step: string): void;
  outcome(lead: string, step: string): Outcome | undefined;
  end(lead: string, step: string, outcome: Outcome): void;
  /** Leads with a step that was refused. */
  refused(): string[];
}

export function openJournal(path: string): Journal {
  const { file, lines } = open(path);
  let cursor: string | undefined;
  const begun = new Map<string, number>();
  const outcomes = new Map<string, Outcome>();
  const refused = new Map<string, string>();

  function take(line: Line): void {
    if ('cursor' in line) {
      cursor = line.cursor;
      return;
    }
    const key = `${line.lead} ${line.step}`;
    if ('begunAt' in line) {
      begun.set(key, line.begunAt);
      return;
    }
    begun.delete(key);
    outcomes.set(key, line);
    if ('refused' in line) refused.set(key, line.lead);
    else refused.delete(key);
  }

  function write(line: Line): void {
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
    take(line);
  }

  for (const line of lines) take(line);
  return {
    cursor: () => cursor,
    moveTo: (to) => to !== cursor && write({ cursor: to }),
    begunAt: (lead, step) => begun.get(`${lead} ${step}`),
    begin: (lead, step) => write({ lead, step, begunAt: Date.now() }),
    outcome: (lead, step) => outcomes.get(`${lead} ${step}`),
    end: (lead, step, outcome) => write({ lead, step, ...outcome }),
    refused: () => [...new Set(refused.values())],
  };
}

/** A last line that a crash cut off was never acted on: it is taken off. */
function open(path: string): { file: number; lines: Line[] } {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true });
  const file = openSync(path, 'a+', 0o600);
  const bytes = readFileSync(file);
  const whole = bytes.lastIndexOf('\n') + 1;
  ftruncateSync(file, whole);
  syncFolder(folder);
  const text = bytes.toString('utf8', 0, whole);
  // This file writes them, each whole and in this shape.
  return { file, lines: text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line])) };
}

/** A new file's name is on disk only with its folder. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
