/**
 * E-mails sent by Resend ↔ the people they went to. The list has no filter and goes on behind a row's id, so it is walked.
 * Whatever order a page comes in, it is put newest first, and the walk goes on behind its oldest row: from any row of a
 * page nothing is left out, at worst rows are read again. Not promised: a list that is itself in another order on each
 * call; and of two e-mails of one millisecond in a page out of order, one is missed by who reads on from between them.
 */
import { createConnection } from '../rest/connection.ts';
import { type Page, readFirst } from '../rest/page-reader.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import { type PersonRow, personRow } from './person-row.ts';

interface EmailRow {
  id?: unknown;
  created_at?: unknown;
  to?: readonly string[] | string | null;
}

const PAGE = 100;
/** Characters. Longer ones are nobody's, and cost the pattern below its time. */
const LONGEST_MAILBOX = 400;
/** Pages one field reads before it hands out a cursor to go on from: 5,000 e-mails. */
const MOST_PAGES = 50;

type PageRow = Page['rows'][number];

/** Pages read in an operation, newest first, by cursor: a hundred people's e-mails are one walk through the list. */
const pagesOf = new WeakMap<CallScope, Map<string | null, Promise<Page>>>();

function emailPage(after: string | null, { rest, scope }: JoinContext): Promise<Page> {
  const pages = pagesOf.get(scope) ?? new Map<string | null, Promise<Page>>();
  pagesOf.set(scope, pages);
  const known = pages.get(after);
  if (known) return known;
  const page = rest.page('resendEmails', {}, { first: PAGE, after }, scope).then(newestFirst);
  pages.set(after, page);
  return page;
}

function newestFirst(page: Page): Page {
  const times = new Map(page.rows.map((row) => [row, instantOf(row)]));
  if (times.values().some(Number.isNaN)) return page;
  const rows = page.rows.toSorted((one, other) => (times.get(other) ?? 0) - (times.get(one) ?? 0));
  return { ...page, rows, endCursor: rows.at(-1)?.cursor ?? page.endCursor };
}

// The list's shape is the contract in sources/resend/openapi.yaml.
const emailOf = ({ node }: PageRow): EmailRow => node as EmailRow;
const instantOf = (row: PageRow): number => Date.parse(String(emailOf(row).created_at));

/** Resend keeps an address as it was given, `Ada Lindqvist <ada@example.com>` included. */
function recipients({ to }: EmailRow, context: Pick<JoinContext, 'identity'>): PersonRow[] {
  return [to ?? []].flat().flatMap((mailbox) => {
    if (typeof mailbox !== 'string' || mailbox.length > LONGEST_MAILBOX) return [];
    const [, name, address] = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(mailbox) ?? [];
    return personRow(context, address ?? mailbox, name || null) ?? [];
  });
}

const wentTo = (row: PageRow, email: string, context: JoinContext): boolean =>
  recipients(emailOf(row), context).some((recipient) => recipient.email === email);

/**
 * Walks the list until the page is full; one row more tells whether there is a next page. A row that comes again is
 * skipped. Where Resend leads back to a place the walk has been at, the list ends.
 */
async function emailsTo(email: string, first: number, start: string | null, context: JoinContext): Promise<Page> {
  const found = new Map<unknown, PageRow>();
  const passed = new Set<string | null>();
  const upTo = (hasNextPage: boolean, endCursor: string | null): Page => ({
    rows: [...found.values()],
    hasNextPage,
    endCursor,
  });
  const last = (): string | null => [...found.values()].at(-1)?.cursor ?? null;
  let after = start;
  while (passed.size < MOST_PAGES && !passed.has(after) && !context.isOver?.()) {
    passed.add(after);
    const page = await emailPage(after, context);
    for (const row of page.rows) {
      const { id } = emailOf(row);
      if (found.has(id) || !wentTo(row, email, context)) continue;
      if (found.size === first) return upTo(true, last());
      found.set(id, row);
    }
    if (!page.hasNextPage) return upTo(false, last());
    after = page.endCursor;
  }
  return passed.has(after) ? upTo(false, last()) : upTo(true, after);
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
