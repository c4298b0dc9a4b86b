/** `vendorgraph events dead-letters`: what was authentic and could not become an event. */
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../events/delivery.ts';
import type { DeadLetter } from '../events/log.ts';
import { wrongOption } from './events-place.ts';

export function parseReason(text: string): DeadLetterReason {
  const reason = DEAD_LETTER_REASONS.find((known) => known === text);
  if (reason !== undefined) return reason;
  throw wrongOption('--reason', `Found "${text}", expected one of ${DEAD_LETTER_REASONS.join(', ')}.`);
}

export function letterFacts({ id, vendor, reason, detail, ix, deliveryId, createdAt, redrivenAt }: DeadLetter) {
  return {
    ...{ id, vendor, reason, detail, ix, deliveryId },
    createdAt: new Date(createdAt).toISOString(),
    redrivenAt: redrivenAt === null ? null : new Date(redrivenAt).toISOString(),
  };
}

const HEADINGS = ['ID', 'VENDOR', 'REASON', 'SINCE', 'DELIVERY', 'ELEMENT', 'DETAIL'];

/** One line for each under a line of headings. */
export function letterTable(letters: readonly DeadLetter[]): string {
  const rows = letters.map(letterFacts).map(({ id, vendor, reason, createdAt, deliveryId, ix, detail, redrivenAt }) => {
    const state = redrivenAt === null ? detail : `${detail} Redriven ${minute(redrivenAt)}.`;
    return [id, vendor, reason, minute(createdAt), deliveryId, ix === null ? '-' : String(ix), state];
  });
  const cells = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return cells.map((row) => line(row).trimEnd()).join('\n');
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
