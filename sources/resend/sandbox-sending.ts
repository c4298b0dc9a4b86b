/** What Resend checks before it takes an e-mail on, and the row it becomes. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { invalid, missingField, refused } from './sandbox-errors.ts';
import type { EmailRow, State } from './sandbox-state.ts';

const MAX_RECIPIENTS = 50;
/** A test address that every team may send from. */
const TEST_DOMAIN = 'resend.dev';
const SPANS_MS: Record<string, number> = { min: 60_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export type Input = Record<string, unknown>;

export function asInput(value: unknown): Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** The row, not yet in the state; or Resend's refusal. */
export function readNewEmail(state: State, input: Input): EmailRow | EmulatorResponse {
  const from = asText(input['from']);
  const to = readAddresses(input['to']);
  const subject = asText(input['subject']);
  if (from === undefined) return missingField('from');
  if (to === undefined) return missingField('to');
  if (subject === undefined && input['template'] === undefined) return missingField('subject');
  if (['html', 'text', 'template'].every((field) => input[field] === undefined)) return missingField('html` or `text');
  const refusal = refuseAddresses(state, from, to);
  if (refusal !== undefined) return refusal;
  const scheduled = readSchedule(state, input['scheduled_at']);
  if (scheduled === 'invalid') return badSchedule();
  return {
    id: state.newId(),
    to,
    from,
    created_at: state.time(),
    subject: subject ?? 'From a template',
    html: asText(input['html']) ?? null,
    text: asText(input['text']) ?? null,
    bcc: readAddresses(input['bcc']) ?? null,
    cc: readAddresses(input['cc']) ?? null,
    reply_to: readAddresses(input['reply_to']) ?? null,
    last_event: scheduled === undefined ? 'sent' : 'scheduled',
    scheduled_at: scheduled ?? null,
    tags: readTags(input['tags']),
  };
}

/** ISO instant, undefined when absent. Resend takes ISO 8601 and plain phrases such as `in 1 hour`. */
export function readSchedule(state: State, value: unknown): string | undefined | 'invalid' {
  if (value === undefined || value === null) return undefined;
  const [, count, unit = ''] = /^in (\d+) (min|minute|hour|day)s?$/.exec(String(value)) ?? [];
  const at =
    count === undefined ? Date.parse(String(value)) : Date.parse(state.time()) + Number(count) * (SPANS_MS[unit] ?? 0);
  return Number.isNaN(at) ? 'invalid' : new Date(at).toISOString();
}

export const badSchedule = () => invalid('The `scheduled_at` field must be a valid ISO 8601 date.');

function readAddresses(value: unknown): string[] | undefined {
  const addresses = (Array.isArray(value) ? value : [value]).flatMap((item: unknown) => asText(item) ?? []);
  return addresses.length === 0 ? undefined : addresses;
}

function refuseAddresses(state: State, from: string, to: readonly string[]): EmulatorResponse | undefined {
  const format = 'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.';
  const domain = domainOf(from);
  if (domain === undefined) return invalid(`Invalid \`from\` field. ${format}`);
  if (to.some((address) => domainOf(address) === undefined)) return invalid(`Invalid \`to\` field. ${format}`);
  if (to.length > MAX_RECIPIENTS) return invalid(`The \`to\` field must have at most ${MAX_RECIPIENTS} addresses.`);
  const own = state.domains.values().find(({ name }) => name === domain);
  if (own?.status === 'verified' || domain === TEST_DOMAIN) return undefined;
  const message = `The ${domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains`;
  return refused(403, 'validation_error', message);
}

/** Lower case; undefined for what is not an address. */
function domainOf(address: string): string | undefined {
  const bare = /<([^<>]*)>$/.exec(address.trim())?.[1] ?? address.trim();
  return /^[^\s@<>]+@([^\s@<>]+\.[^\s@<>]+)$/.exec(bare)?.[1]?.toLowerCase();
}

function readTags(value: unknown): EmailRow['tags'] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const { name, value: label } = asInput(item);
    return { name: String(name), value: String(label) };
  });
}
