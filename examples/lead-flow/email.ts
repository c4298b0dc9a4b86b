/** Step 3: the e-mail, from email.txt. Its reply address names the lead: answers find their way, and so does the next look. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRow, PAGE_FIELDS, type Page } from './connection.ts';
import { ask } from './graph.ts';
import { isOlderThan, type Lead } from './lead.ts';
import type { Grade, Score } from './score.ts';
import { settings } from './settings.ts';
import type { Step } from './step.ts';

const TEMPLATE = readFileSync(join(import.meta.dirname, 'email.txt'), 'utf8');

const PITCH: Record<Grade, string> = {
  hot: 'One of us calls you today.',
  warm: 'We will bring two stories of customers of your size.',
  cold: 'Our guide for the first week answers what most people ask first.',
};

const LIST = `query Sent($after: String) {
  resendEmails(first: 100, after: $after) { nodes { id reply_to created_at } ${PAGE_FIELDS} }
}`;
const SEND = 'mutation Send($input: ResendNewEmailInput!) { resendSendEmail(input: $input) { id } }';

interface Sent {
  id: string;
  reply_to: string[] | null;
  created_at: string;
}

export function emailTo(score: Score): Step<string> {
  return {
    name: 'email',
    async find(lead) {
      const read = async (after: string | null) =>
        (await ask<{ resendEmails: Page<Sent> }>(LIST, { after })).resendEmails;
      const isOurs = ({ reply_to }: Sent) => reply_to?.some((address) => address.includes(replyAddress(lead))) ?? false;
      return (await findRow(read, isOurs, ({ created_at }) => isOlderThan(Date.parse(created_at), lead)))?.id;
    },
    async take(lead) {
      const { resendSendEmail } = await ask<{ resendSendEmail: { id: string } }>(SEND, {
        input: {
          from: `Sales <${settings.sender}>`,
          to: [lead.properties.email],
          reply_to: [replyAddress(lead)],
          subject: 'Thank you for your message',
          text: fill({ name: lead.properties.firstname ?? 'there', pitch: PITCH[score.grade] }),
        },
      });
      return resendSendEmail.id;
    },
    tell: (id) => `${score.grade} template, ${id}`,
  };
}

/** `sales+lead-512@example.com` */
function replyAddress({ id }: Lead): string {
  return settings.sender.replace('@', `+lead-${id}@`);
}

function fill(values: Record<string, string>): string {
  return TEMPLATE.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? '');
}
