/** Batch reads that answer in part (status 207): what failed fails its own keys, what does not exist is null. */
import { describe, expect, it } from 'vitest';
import { createBoundReader } from '../../src/joins/bound-reader.ts';
import { createKeyedReads, type KeyedRead } from '../../src/joins/keyed-read.ts';
import { http, startGraph } from '../rest/graph.ts';
import { stripeConfig, testScope } from '../vendors/kit.ts';
import { sendJson } from '../vendors/vendor-server.ts';

const SDL = `
  type Row { id: ID! }
  type Query {
    rows(input: JSON): [Row]
      ${http('POST', '/rows', 'operationSpecificHeaders: [["Content-Type", "application/json"]]')} @vendorResult(path: "results")
  }
`;

interface Row {
  id: string;
}

const rowById: KeyedRead<Row> = {
  name: 'row by id',
  chunk: 100,
  // A copy: what failed is not lost on the way.
  read: async (ids, { call }) => [...((await call('rows', { input: { ids } }, ids.length)) as Row[])],
  keysOf: ({ id }) => [id],
};

const missing = { category: 'OBJECT_NOT_FOUND', message: 'They may not exist.', context: { ids: ['3'] } };
const failed = { category: 'INTERNAL', message: 'This one could not be read.', context: { ids: ['2'] } };
const unnamed = { category: 'INTERNAL', message: 'Something could not be read.' };

const rowsWithStatus: KeyedRead<{ status?: number; key: string }> = {
  name: 'row with a status of its own',
  chunk: 100,
  read: async (ids, { call }) =>
    ((await call('rows', { input: { ids } }, ids.length)) as { status?: number; key: string }[]).filter(
      ({ status }) => status === 200,
    ),
  keysOf: ({ key }) => [key],
};

/** What becomes of the keys 1 to 3, of which the vendor has rows for `ids`. */
async function loaded(errors: readonly object[], ids: readonly string[]): Promise<unknown[]> {
  await using graph = await startGraph({
    sdl: SDL,
    config: stripeConfig({
      errors: {
        message: ['message'],
        code: ['category'],
        notFound: ['OBJECT_NOT_FOUND'],
        partial: { at: 'errors', keys: ['context.ids', 'context.fromObjectId'] },
      },
    }),
    answer: (_request, response) => sendJson(response, { results: ids.map((id) => ({ id })), errors }, 207),
  });
  const reads = createKeyedReads(createBoundReader(graph.rest, testScope()));
  const settled = await Promise.allSettled(['1', '2', '3'].map((key) => reads.load(rowById, key)));
  return settled.map((one) => (one.status === 'fulfilled' ? (one.value?.id ?? null) : one.reason));
}

describe('a batch read that answers in part', () => {
  it('has null for what does not exist', async () => {
    expect(await loaded([missing], ['1', '2'])).toEqual(['1', '2', null]);
  });

  it('fails the keys a fault names, and no others', async () => {
    expect(await loaded([missing, failed], ['1'])).toMatchObject([
      '1',
      {
        code: 'VENDOR_REJECTED',
        message: 'Stripe refused rows: This one could not be read.',
        details: { vendor: 'stripe', operation: 'rows' },
      },
      null,
    ]);
  });

  it('fails a key whose row comes all the same: it may be half of it', async () => {
    expect(await loaded([failed], ['1', '2', '3'])).toMatchObject(['1', { code: 'VENDOR_REJECTED' }, '3']);
  });

  it('fails every key without a row where a fault names none of them', async () => {
    expect(await loaded([unnamed], ['1'])).toMatchObject([
      '1',
      { code: 'VENDOR_REJECTED' },
      { code: 'VENDOR_REJECTED' },
    ]);
  });
});

describe('a batch read whose rows have a status of their own', () => {
  it('fails those that are neither good nor missing, one without any among them', async () => {
    const results = [
      { key: '1', status: 200 },
      { key: '2', status: 404 },
      { key: '3', status: 503 },
      { key: '4', status: 429 },
      { key: '5' },
    ];
    await using graph = await startGraph({
      sdl: SDL,
      config: stripeConfig({
        errors: { message: [], code: [], partial: { at: 'results', keys: ['key'], status: 'status' } },
      }),
      answer: (_request, response) => sendJson(response, { results }, 200),
    });
    const reads = createKeyedReads(createBoundReader(graph.rest, testScope()));
    const settled = await Promise.allSettled(results.map(({ key }) => reads.load(rowsWithStatus, key)));
    expect(settled.map((one) => (one.status === 'fulfilled' ? (one.value?.key ?? null) : one.reason.code))).toEqual([
      '1',
      null,
      'VENDOR_DOWN',
      'VENDOR_RATE_LIMITED',
      'VENDOR_BAD_RESPONSE',
    ]);
  });
});
