/** Rows as Resend sends them. */
import type { ContactRow, DomainRow, EmailRow } from './sandbox-state.ts';

/** Postgres' own way to print an instant, which Resend shows as it stands: `2026-10-31 08:15:30.123000+00`. */
export function postgresTime(instant: string): string {
  return instant.replace('T', ' ').replace(/\.(\d{3})Z$/, '.$1000+00');
}

/** What a list has of an e-mail: all but object, bodies and tags. */
export function listEmail(row: EmailRow) {
  return {
    id: row.id,
    message_id: `<${row.id}@us-east-1.amazonses.com>`,
    to: row.to,
    from: row.from,
    created_at: postgresTime(row.created_at),
    subject: row.subject,
    bcc: row.bcc,
    cc: row.cc,
    reply_to: row.reply_to,
    last_event: row.last_event,
    scheduled_at: row.scheduled_at === null ? null : postgresTime(row.scheduled_at),
  };
}

export function showEmail(row: EmailRow) {
  return { object: 'email', ...listEmail(row), html: row.html, text: row.text, tags: row.tags };
}

export function listContact(row: ContactRow) {
  return {
    id: row.id,
    email: row.email,
    first_name: row.first_name,
    last_name: row.last_name,
    created_at: postgresTime(row.created_at),
    unsubscribed: row.unsubscribed,
  };
}

export function showContact(row: ContactRow) {
  const properties = Object.entries(row.properties).map(([key, value]) => [key, { type: typeof value, value }]);
  return { object: 'contact', ...listContact(row), properties: Object.fromEntries(properties) };
}

export function listDomain(row: DomainRow) {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    created_at: postgresTime(row.created_at),
    region: row.region,
    open_tracking: row.open_tracking,
    click_tracking: row.click_tracking,
    capabilities: { sending: 'enabled', receiving: 'disabled' },
  };
}

export function showDomain(row: DomainRow) {
  return { object: 'domain', ...listDomain(row), tracking_subdomain: 'links', records: recordsOf(row) };
}

export function recordsOf({ region, status }: DomainRow) {
  const host = `feedback-smtp.${region}.amazonses.com`;
  return [
    { record: 'SPF', name: 'send', type: 'MX', ttl: 'Auto', status, value: host, priority: 10 },
    { record: 'SPF', name: 'send', type: 'TXT', ttl: 'Auto', status, value: 'v=spf1 include:amazonses.com ~all' },
    {
      record: 'DKIM',
      name: 'resend._domainkey',
      type: 'TXT',
      ttl: 'Auto',
      status,
      value: 'p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB',
    },
  ];
}
