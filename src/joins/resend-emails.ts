/** E-mails sent by Resend ↔ the people they went to. */
import { createConnection } from '../rest/connection.ts';
import { type Page, readFirst } from '../rest/page-reader.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import { type PersonRow, personRow } from './person-row.ts';

interface EmailRow {
  to?: readonly string[] | string | null;
}

const PAGE = 100;
/** Characters. Longer ones are nobody's, and cost the pattern below its time. */
const LONGEST_MAILBOX = 400;
/** Pages one field reads before it hands out a cursor to go on from: 5,000 e-mails. */
const MOST_PAGES = 50;

/** Pages read in an operation, by cursor: a hundred people's e-mails are one walk through the list. */
const pagesOf = new WeakMap<CallScope, Map<string | null, Promise<Page>>>();

function emailPage(after: string | null, { rest, scope }: JoinContext): Promise<Page> {
  const pages = pagesOf.get(scope) ?? new Map<string | null, Promise<Page>>();
  pagesOf.set(scope, pages);
  const known = pages.get(after);
  if (known) return known;
  const page = rest.page('resendEmails', {}, { first: PAGE, after }, scope);
  pages.set(after, page);
  return page;
}

/** Resend keeps an address as it was given, `Ada Lindqvist <ada@example.com>` included. */
function recipients({ to }: EmailRow, context: Pick<JoinContext, 'identity'>): PersonRow[] {
  return [to ?? []].flat().flatMap((mailbox) => {
    if (typeof mailbox !== 'string' || mailbox.length > LONGEST_MAILBOX) return [];
    const [, name, address] = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(mailbox) ?? [];
    return personRow(context, address ?? mailbox, name || null) ?? [];
  });
}

const wentTo = (row: unknown, email: string, context: JoinContext): boolean =>
  // The list's shape is the contract in sources/resend/openapi.yaml.
  recipients(row as EmailRow, context).some((recipient) => recipient.email === email);

/** Walks Resend's list, which knows no filter, until the page is full; one row more tells whether there is a next page. */
async function emailsTo(email: string, first: number, start: string | null, context: JoinContext): Promise<Page> {
  const rows: Page['rows'][number][] = [];
  let after = start;
  for (let read = 0; read < MOST_PAGES && !context.isOver?.(); read += 1) {
    const page = await emailPage(after, context);
    for (const row of page.rows) {
      if (!wentTo(row.node, email, context)) continue;
      if (rows.length === first) return { rows, hasNextPage: true, endCursor: rows.at(-1)?.cursor ?? start };
      rows.push(row);
    }
    if (!page.hasNextPage) return { rows, hasNextPage: false, endCursor: rows.at(-1)?.cursor ?? null };
    after = page.endCursor;
  }
  return { rows, hasNextPage: true, endCursor: after };
}

export const resendEmailsJoin: Join = {
  Person: {
    emails: ({ email }: PersonRow, { first, after }: PageArguments, context: JoinContext) =>
      createConnection(async () => emailsTo(email, readFirst('Person.emails', first), after ?? null, context)),
  },
  ResendEmail: {
    recipients: (row: EmailRow, _args: unknown, context: JoinContext) => recipients(row, context),
  },
};
