/**
 * `vendorgraph events redrive`: splits the stored bytes of a dead letter with the configuration of today, and appends what comes
 * of it. The signature was verified at the receipt and is not judged again.
 */
import type { VendorConfig } from '../config/vendor.ts';
import type { VendorName } from '../config/vendor-name.ts';
import type { NewEvent } from '../events/delivery.ts';
import type { DeadLetter, EventLog, Operator } from '../events/log.ts';
import { resolveWebhook } from '../webhooks/resolved-webhook.ts';
import { secretSpans } from '../webhooks/secret-spans.ts';
import { splitDelivery } from '../webhooks/split.ts';

export interface RedriveOptions {
  configOf(vendor: VendorName): VendorConfig | undefined;
  by: Operator;
  /** Says what would happen, changes nothing. */
  dryRun: boolean;
  /** Of a body with elements, takes what can be read and gives the rest up. */
  partly: boolean;
  now(): number;
}

export interface RedriveResult {
  id: string;
  outcome: 'redriven' | 'would_be_redriven' | 'still_dead' | 'done_before';
  /** Of events: how many of each outcome. */
  events: Readonly<Record<string, number>>;
  /** Why it is still dead. */
  reasons: readonly string[];
}

export async function redrive(log: EventLog, letter: DeadLetter, options: RedriveOptions): Promise<RedriveResult> {
  const { id } = letter;
  const result = (outcome: RedriveResult['outcome'], more: Partial<RedriveResult> = {}): RedriveResult => ({
    ...{ id, outcome, events: {}, reasons: [] },
    ...more,
  });
  if (letter.redrivenAt !== null) return result('done_before');
  const { events, reasons } = await splitAnew(log, letter, options);
  const isWhole = reasons.length === 0 || options.partly;
  if (events.length === 0 || !isWhole) return result('still_dead', { reasons });
  if (options.dryRun) return result('would_be_redriven', { events: { found: events.length } });
  const appended = await log.redrive(id, events, options.by);
  return result('redriven', { events: countOf(appended.events.map(({ outcome }) => outcome)) });
}

async function splitAnew(
  log: EventLog,
  { vendor, deliveryId, ix, reason }: DeadLetter,
  { configOf, now }: RedriveOptions,
): Promise<{ events: NewEvent[]; reasons: string[] }> {
  const webhook = configOf(vendor)?.webhook;
  if (webhook === undefined) return { events: [], reasons: [`${vendor} has no webhook block any more.`] };
  const delivery = await log.delivery(deliveryId);
  if (delivery === undefined) return { events: [], reasons: ['Its delivery is gone.'] };
  const { headers, raw, verifiedBy } = delivery;
  // Nothing is verified here, so that no secret is needed.
  const reading = resolveWebhook(vendor, webhook, []);
  const { events, deadLetters } = splitDelivery(reading, {
    raw: Buffer.from(raw),
    headers,
    receivedAt: now(),
    secret: secretSpans(webhook).find(({ id }) => id === verifiedBy),
  });
  const isMeant = (part: { ix: number | null }): boolean => ix === null || part.ix === null || part.ix === ix;
  return {
    events: events.filter(isMeant).map((event) => (reason === 'id_conflict' ? asItsOwn(event) : event)),
    reasons: deadLetters.filter(isMeant).map(reasonText),
  };
}

/** The other body of a known id: only its own bytes make it a duplicate now. */
function asItsOwn(event: NewEvent): NewEvent {
  const expiresAt = Math.max(...event.dedupeKeys.map((key) => key.expiresAt));
  const secret = event.dedupeKeys.find((key) => key.secret)?.secret;
  return { ...event, dedupeKeys: [{ key: `body:${event.bodySha256}`, isBodyHash: true, expiresAt, secret }] };
}

function reasonText({ ix, detail }: { ix: number | null; detail: string }): string {
  return ix === null ? detail : `Element ${ix}: ${detail}`;
}

function countOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function redriveLine({ id, outcome, events, reasons }: RedriveResult): string {
  const counts = Object.entries(events).map(([name, count]) => `${count} ${name}`);
  return [`${id}  ${outcome.replaceAll('_', ' ')}`, ...counts, ...reasons].join('  ');
}
