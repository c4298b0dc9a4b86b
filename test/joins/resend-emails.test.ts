/** E-mails of a person out of a list that comes in any order: each once, newest first, and the walk has an end. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBoundReader } from '../../src/joins/bound-reader.ts';
import { DEFAULT_IDENTITY } from '../../src/joins/identity.ts';
import type { JoinContext } from '../../src/joins/join.ts';
import { createKeyedReads } from '../../src/joins/keyed-read.ts';
import { resendEmailsJoin } from '../../src/joins/resend-emails.ts';
import { createCursors } from '../../src/rest/cursor.ts';
import { createLastIdPager } from '../../src/rest/last-id-pager.ts';
import { type Page, readPage } from '../../src/rest/page-reader.ts';
import type { LoadPage } from '../../src/rest/pager.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';
import { ask, PAGE_INFO, type Tree, walk } from './asking.ts';
import { createOracle, type Oracle } from './oracle.ts';

const ada = 'ada.lindqvist@brightforge.io';

describe('when Resend sends its pages in reverse', () => {
  let gateway: GatewayUnderTest;
  let oracle: Oracle;

  beforeAll(async () => {
    gateway = await startGatewayUnderTest();
    oracle = createOracle(gateway.sandbox.world);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());
  beforeEach(() => gateway.control('POST', '/reset'));

  const reverse = (times?: number) =>
    gateway.control('POST', '/faults', { vendor: 'resend', operation: 'emails', kind: 'reorder', times });
  const right = (): string[] => {
    const person = gateway.sandbox.world.people.find(({ email }) => email === ada);
    return person ? oracle.emailsOf(person) : [];
  };

  it('a person’s e-mails are whole and newest first, in one page and in many', async () => {
    await reverse();
    for (const first of [100, 3, 1]) {
      const field = `person(email: "${ada}") { emails(PAGE) { nodes { id } ${PAGE_INFO} } }`;
      const nodes = await walk(gateway, field, (data) => data.person.emails, first);
      expect(nodes.map(({ id }) => id)).toEqual(right());
    }
  });

  it('they cost no call more', async () => {
    await reverse();
    await ask(gateway, '{ people(first: 20) { nodes { emails(first: 100) { nodes { id } } } } }');
    expect((await gateway.calls())['resend.emails']).toBe(Math.ceil(gateway.sandbox.world.emails.length / 100));
  });

  it('every cursor goes on where it was made, whichever way the page of before came', async () => {
    const read = async (args: string): Promise<Tree[]> =>
      (await ask(gateway, `{ person(email: "${ada}") { emails(first: 100${args}) { edges { cursor node { id } } } } }`))
        .person.emails.edges;
    const plain = await read('');
    await reverse();
    const reversed = await read('');
    expect(reversed).toEqual(plain);
    for (const [index, { cursor }] of reversed.entries()) {
      const rest = await read(`, after: "${cursor}"`);
      expect(rest.map(({ node }) => node.id)).toEqual(right().slice(index + 1));
    }
  });

  it('it does not matter where in the list that begins and ends', async () => {
    for (const times of [1, 2, 5]) {
      await reverse(times);
      const { emails } = (await ask(gateway, `{ person(email: "${ada}") { emails(first: 100) { nodes { id } } } }`))
        .person;
      expect(emails.nodes.map(({ id }: Tree) => id)).toEqual(right());
    }
  });
});

interface Email {
  id: string;
  to: string[];
  created_at: string | null;
}

/** Resend in memory: gives a page of the list, newest first, to `send` before it goes out. */
interface Mailbox {
  list: readonly Email[];
  send(page: readonly Email[], calls: number): readonly Email[];
  /** Where the row with this id is; a list that goes in circles says something else. */
  place?(id: string, list: readonly Email[]): number;
}

const CURSORS = createCursors();
const PLACE = (id: string, list: readonly Email[]): number => list.findIndex((email) => email.id === id);
const PAGING = {
  style: 'lastId',
  order: { path: ['created_at'], direction: 'desc' },
  in: 'query',
  items: ['data'],
  size: 'limit',
  cursor: 'after',
  id: ['id'],
  more: ['has_more'],
  maxSize: 100,
} as const;

/** An operation's context over the mailbox, with the gateway's own paging, and how often the vendor was called. */
function operationOver({ list, send, place = PLACE }: Mailbox): { context: JoinContext; calls: () => number } {
  let calls = 0;
  const load: LoadPage = async ({ limit, after }) => {
    calls += 1;
    const start = after === undefined ? 0 : place(String(after), list) + 1;
    const end = start + Number(limit);
    return { rows: send(list.slice(start, end), calls), content: { has_more: end < list.length } };
  };
  const page = (field: string, args: Record<string, unknown>, request: object): Promise<Page> => {
    const { maxSize, id } = PAGING;
    return readPage({
      field,
      codec: CURSORS(field, args),
      request,
      pager: createLastIdPager(PAGING),
      maxSize,
      id,
      load,
    });
  };
  // What the join does not use is left out.
  const rest = { page, cursors: CURSORS } as unknown as JoinContext['rest'];
  const scope = {} as JoinContext['scope'];
  const reads = createKeyedReads(createBoundReader(rest, scope));
  const context: JoinContext = { identity: DEFAULT_IDENTITY, rest, scope, reads };
  return { context, calls: () => calls };
}

async function emailsOf(email: string, first: number, after: string | null, context: JoinContext) {
  // A resolver as graphql-js calls it; what it returns is a connection.
  const emails = resendEmailsJoin['Person']?.['emails'] as unknown as (...args: unknown[]) => {
    edges(): Promise<{ cursor: string; node: Email }[]>;
    pageInfo(): Promise<{ hasNextPage: boolean; endCursor: string | null }>;
  };
  const connection = emails({ email }, { first, after }, context);
  return { edges: await connection.edges(), ...(await connection.pageInfo()) };
}

/** All of them, a page an operation. */
async function walkMailbox(email: string, first: number, mailbox: Mailbox): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  for (let hasNextPage = true; hasNextPage; ) {
    const { context } = operationOver(mailbox);
    const page = await emailsOf(email, first, after, context);
    ids.push(...page.edges.map(({ node }) => node.id));
    if (page.hasNextPage && page.endCursor === after) throw new Error('The walk stands still.');
    ({ hasNextPage, endCursor: after } = page);
  }
  return ids;
}

const minutes = (count: number): string => new Date(Date.UTC(2026, 0, 1) + count * 60_000).toISOString();
const listOf = (to: readonly boolean[], createdAt: (index: number) => string | null): Email[] =>
  to.map((isAda, index) => ({
    id: `e${index}`,
    to: isAda ? ['x@nowhere.example', `Ada <${ada.toUpperCase()}>`] : ['x@nowhere.example'],
    created_at: createdAt(index),
  }));
const wanted = (list: readonly Email[]): string[] => list.filter(({ to }) => to.length > 1).map(({ id }) => id);

const RECIPIENTS = fc.array(fc.boolean(), { maxLength: 420, size: 'max' });
const SIZE = fc.integer({ min: 1, max: 60 });

describe('whatever order pages come in', () => {
  it('every e-mail is there once, newest first', async () => {
    await fc.assert(
      fc.asyncProperty(RECIPIENTS, SIZE, fc.infiniteStream(fc.nat()), async (to, first, order) => {
        const list = listOf(to, (index) => minutes(-index));
        const shuffled = (page: readonly Email[]) =>
          page
            .map((email) => ({ email, place: order.next().value }))
            .toSorted((one, other) => Number(one.place) - Number(other.place))
            .map(({ email }) => email);
        const ids = await walkMailbox(ada, first, { list, send: shuffled });
        expect(ids).toEqual(wanted(list));
      }),
      { numRuns: 60 },
    );
  });

  it('those of the same instant are there once each, too, where the page is read in one go', async () => {
    const list = listOf(
      Array.from({ length: 420 }, (_, index) => index % 2 === 0),
      (index) => minutes(-Math.floor(index / 30)),
    );
    const ids = await walkMailbox(ada, 1_000, { list, send: (page) => page.toReversed() });
    expect(ids.toSorted()).toEqual(wanted(list).toSorted());
  });

  it('pages are taken as they come where they do not say when a row was made', async () => {
    const list = listOf(
      Array.from({ length: 250 }, (_, index) => index % 3 === 0),
      () => null,
    );
    expect(await walkMailbox(ada, 7, { list, send: (page) => page })).toEqual(wanted(list));
  });

  it('rows that come twice are there once', async () => {
    const list = listOf(
      Array.from({ length: 250 }, (_, index) => index % 3 === 0),
      (index) => minutes(-index),
    );
    const ids = await walkMailbox(ada, 1_000, { list, send: (page) => page.flatMap((row) => [row, row]) });
    expect(ids).toEqual(wanted(list));
  });
});

describe('a hundred people over five thousand e-mails', () => {
  it('look up in each page what they read there: nobody reads it anew', async () => {
    const people = Array.from({ length: 100 }, (_, index) => `person${index}@nowhere.example`);
    const list = Array.from({ length: 5_000 }, (_, index) => ({
      id: `e${index}`,
      to: [`Somebody <${people[index % people.length]}>`],
      created_at: minutes(-index),
    }));
    const { context, calls } = operationOver({ list, send: (page) => page });
    let read = 0;
    const personKey = (email: unknown): string | null => {
      read += 1;
      return DEFAULT_IDENTITY.personKey(email);
    };
    const counting = { ...context, identity: { ...DEFAULT_IDENTITY, personKey } };
    const pages = await Promise.all(people.map((email) => emailsOf(email, 100, null, counting)));
    expect(pages.map(({ edges }) => edges.length)).toEqual(people.map(() => 50));
    expect([calls(), read]).toEqual([50, 5_000]);
  });
});

describe('a list that leads back', () => {
  const list = listOf(
    Array.from({ length: 450 }, (_, index) => index % 50 === 0),
    (index) => minutes(-index),
  );

  it('to its beginning ends after one round', async () => {
    const { context, calls } = operationOver({ list, send: (page) => page, place: (id) => (id === 'e199' ? -1 : 99) });
    const { edges, hasNextPage } = await emailsOf(ada, 100, null, context);
    expect(edges.map(({ node }) => node.id)).toEqual(['e0', 'e50', 'e100', 'e150']);
    expect([hasNextPage, calls()]).toEqual([false, 3]);
  });

  it('and does not know where it is, is left after fifty pages', async () => {
    const endless = Array.from({ length: 9_000 }, (_, index) => ({
      id: `e${index}`,
      to: [],
      created_at: minutes(-index),
    }));
    const { context, calls } = operationOver({ list: endless, send: (page) => page });
    const { edges, hasNextPage, endCursor } = await emailsOf(ada, 10, null, context);
    expect([edges, hasNextPage, calls()]).toEqual([[], true, 50]);
    expect(endCursor).not.toBeNull();
  });
});
