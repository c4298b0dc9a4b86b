/**
 * E-mails sent by Resend ↔ the people they went to. The list has no filter, so it is walked, newest first. Not promised: a
 * list that is itself in another order on each call; and of two e-mails of one millisecond in a page out of order, one is
 * missed by who reads on from between them.
 */
import { createConnection } from '../rest/connection.ts';
import type { CursorCodec } from '../rest/cursor.ts';
import { type Page, type PageRow, readFirst } from '../rest/page-reader.ts';
import type { Join, JoinContext, PageArguments } from './join.ts';
import { eachOnce, type PersonRow, personRow } from './person-row.ts';

interface EmailRow {
  id?: unknown;
  created_at?: unknown;
  to?: readonly string[] | string | null;
}

/** Whose cursors they are. */
const LIST = 'Person.emails';
const PAGE = 100;
/** Characters. Longer ones are nobody's, and cost the pattern below its time. */
const LONGEST_MAILBOX = 400;
/** Pages one field reads before it hands out a cursor to go on from: 5,000 e-mails. */
const MOST_PAGES = 50;

/** A page of the list, by whom its e-mails went to: a hundred people look theirs up in it. */
interface Leaf {
  rowsOf: ReadonlyMap<string, readonly PageRow[]>;
  page: Page;
}

/** Pages read in an operation, by cursor: a hundred people's e-mails are one walk through the list. */
function leafAt(after: string | null, context: JoinContext): Promise<Leaf> {
  const leaves = context.reads.kept(leafAt, () => new Map<string | null, Promise<Leaf>>());
  const known = leaves.get(after);
  if (known) return known;
  const { rest, scope } = context;
  const leaf = rest.page('resendEmails', {}, { first: PAGE, after }, scope).then((page) => indexed(page, context));
  leaves.set(after, leaf);
  return leaf;
}

function indexed(page: Page, context: JoinContext): Leaf {
  const rowsOf = new Map<string, PageRow[]>();
  for (const row of page.rows) {
    for (const { email } of recipients(emailOf(row), context)) {
      const rows = rowsOf.get(email);
      if (rows) rows.push(row);
      else rowsOf.set(email, [row]);
    }
  }
  return { rowsOf, page };
}

// The list's shape is the contract in sources/resend/openapi.yaml.
const emailOf = ({ node }: PageRow): EmailRow => node as EmailRow;

/** Resend keeps an address as it was given, `Ada Lindqvist <ada@example.com>` included. */
function recipients({ to }: EmailRow, context: Pick<JoinContext, 'identity'>): PersonRow[] {
  const people = [to ?? []].flat().flatMap((mailbox) => {
    if (typeof mailbox !== 'string' || mailbox.length > LONGEST_MAILBOX) return [];
    const [, name, address] = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(mailbox) ?? [];
    return personRow(context, address ?? mailbox, name || null) ?? [];
  });
  return eachOnce(people);
}

/** The person's row at the same place of the list. */
function sealed(row: PageRow, codec: CursorCodec): PageRow {
  return {
    node: row.node,
    get cursor() {
      return codec.encode([row.cursor]);
    },
  };
}

/**
 * Walks the list until the page is full; one row more tells whether there is a next page. A row that comes again is
 * skipped. Where Resend leads back to a place the walk has been at, the list ends. Cursors are those of the list, sealed
 * once more for the person.
 */
async function emailsTo(email: string, { first, after }: PageArguments, context: JoinContext): Promise<Page> {
  const wanted = readFirst(LIST, first);
  const codec = context.rest.cursors(LIST, { email });
  const found = new Map<unknown, PageRow>();
  const passed = new Set<string | null>();
  const upTo = (hasNextPage: boolean, end?: string | null): Page => {
    const rows = [...found.values()].map((row) => sealed(row, codec));
    return {
      rows,
      hasNextPage,
      get endCursor() {
        return end ? codec.encode([end]) : (rows.at(-1)?.cursor ?? null);
      },
    };
  };
  let place = after == null ? null : String(codec.decode(after)[0]);
  while (passed.size < MOST_PAGES && !passed.has(place) && !context.isOver?.()) {
    passed.add(place);
    const { rowsOf, page } = await leafAt(place, context);
    for (const row of rowsOf.get(email) ?? []) {
      const { id } = emailOf(row);
      if (found.has(id)) continue;
      if (found.size === wanted) return upTo(true);
      found.set(id, row);
    }
    if (!page.hasNextPage) return upTo(false);
    place = page.endCursor;
  }
  return passed.has(place) ? upTo(false) : upTo(true, place);
}

export const resendEmailsJoin: Join = {
  Person: {
    emails: ({ email }: PersonRow, page: PageArguments, context: JoinContext) =>
      createConnection(() => emailsTo(email, page, context)),
  },
  ResendEmail: {
    recipients: (row: EmailRow, _args: unknown, context: JoinContext) => recipients(row, context),
  },
};
