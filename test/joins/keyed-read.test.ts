import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identitySchema } from '../../src/config/identity.ts';
import type { BoundReader } from '../../src/joins/bound-reader.ts';
import { createIdentity } from '../../src/joins/identity.ts';
import { createKeyedReads, type KeyedRead } from '../../src/joins/keyed-read.ts';

interface Row {
  email: string;
  id: number;
}

/** A vendor that answers a batch with whatever `answer` makes of the rows asked for. */
function vendor(answer: (rows: Row[]) => Row[], failing: ReadonlySet<string> = new Set()) {
  const calls: string[][] = [];
  const reader: BoundReader = {
    async call(_operation, args) {
      const keys = args['keys'] as string[];
      calls.push([...keys]);
      if (keys.some((key) => failing.has(key))) throw new Error('down');
      return answer(keys.filter((key) => !key.startsWith('missing')).map((email) => ({ email, id: email.length })));
    },
    everyRow: async () => [],
    firstRow: async () => null,
  };
  return { reader, calls };
}

const byEmail = (chunk: number): KeyedRead<Row> => ({
  name: 'row by e-mail',
  chunk,
  normalise: (key) => (key === '' ? null : key.toLowerCase()),
  read: async (keys, { call }) => (await call('rows', { keys })) as Row[],
  keysOf: (row) => [row.email],
});

describe('a keyed read', () => {
  it('gives every key its own row, however the vendor shuffles, doubles and drops rows', async () => {
    const keys = fc.array(fc.oneof(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^missing[a-z]{0,3}$/)), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(
        keys,
        fc.integer({ min: 1, max: 20 }),
        fc.infiniteStream(fc.nat(9)),
        async (wanted, chunk, noise) => {
          const { reader, calls } = vendor((rows) => {
            const doubled = rows.flatMap((row) => (noise.next().value > 6 ? [row, { ...row }] : [row]));
            return doubled
              .map((row) => ({ row, order: noise.next().value }))
              .sort((a, b) => a.order - b.order)
              .map(({ row }) => row);
          });
          const reads = createKeyedReads(reader);
          const read = byEmail(chunk);
          const rows = await Promise.all(wanted.map((key) => reads.load(read, key)));
          expect(rows.map((row) => row?.email ?? null)).toEqual(
            wanted.map((key) => (key.startsWith('missing') ? null : key)),
          );
          expect(calls).toHaveLength(Math.ceil(new Set(wanted).size / chunk));
        },
      ),
    );
  });

  it('asks once for keys that mean the same', async () => {
    const { reader, calls } = vendor((rows) => rows);
    const reads = createKeyedReads(reader);
    const read = byEmail(100);
    const [a, b] = await Promise.all([reads.load(read, 'ADA@x.io'), reads.load(read, 'ada@x.io')]);
    expect(a).toBe(b);
    expect(calls).toEqual([['ada@x.io']]);
  });

  it('never asks for a key nothing can be found under', async () => {
    const { reader, calls } = vendor((rows) => rows);
    expect(await createKeyedReads(reader).load(byEmail(10), '')).toBeNull();
    expect(calls).toEqual([]);
  });

  it('fails the keys of a failed chunk and no others', async () => {
    const { reader } = vendor((rows) => rows, new Set(['c']));
    const reads = createKeyedReads(reader);
    const read = byEmail(2);
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((key) => reads.load(read, key)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  it('reads no row again that was met elsewhere', async () => {
    const { reader, calls } = vendor((rows) => rows);
    const reads = createKeyedReads(reader);
    const read = byEmail(10);
    reads.prime(read, { email: 'Ada@x.io', id: 7 });
    expect(await reads.load(read, 'ada@x.io')).toMatchObject({ id: 7 });
    expect(calls).toEqual([]);
  });

  it('looks again for a key that was asked for alone, and never for each of many', async () => {
    const { reader, calls } = vendor((rows) => rows);
    const looks: string[] = [];
    const read: KeyedRead<Row> = {
      ...byEmail(10),
      lookAgain: async (key) => {
        looks.push(key);
        return [{ email: key.toUpperCase(), id: 1 }];
      },
    };
    const reads = createKeyedReads(reader);
    await Promise.all(['missinga', 'missingb'].map(async (key) => expect(await reads.load(read, key)).toBeNull()));
    expect(looks).toEqual([]);
    expect(await reads.load(read, 'missing')).toMatchObject({ id: 1 });
    expect(await reads.load(read, 'ada')).toMatchObject({ email: 'ada' });
    expect(looks).toEqual(['missing']);
    expect(calls).toHaveLength(3);
  });

  it('finds under an alias what is not there under the key itself, in whatever order rows come', async () => {
    const identity = createIdentity(identitySchema.parse({ person: { aliases: { 'old@x.io': 'ada@x.io' } } }));
    const read: KeyedRead<Row> = { ...byEmail(10), of: 'person' };
    for (const turn of [(rows: Row[]) => rows, (rows: Row[]) => rows.toReversed()]) {
      const { reader, calls } = vendor(turn);
      const reads = createKeyedReads(reader, identity);
      expect(await Promise.all(['old@x.io', 'ada@x.io'].map((key) => reads.load(read, key)))).toMatchObject([
        { email: 'ada@x.io' },
        { email: 'ada@x.io' },
      ]);
      expect(calls).toEqual([['ada@x.io', 'old@x.io']]);
    }
    const { reader } = vendor((rows) => rows.filter(({ email }) => email === 'old@x.io'));
    const reads = createKeyedReads(reader, identity);
    // A row met elsewhere may not be the one that goes first.
    reads.prime(read, { email: 'ada@x.io', id: 99 });
    expect(await reads.load(read, 'ada@x.io')).toMatchObject({ email: 'old@x.io' });
  });

  it('takes of several aliases the one that is listed first, whoever answers first', async () => {
    const aliases = { 'first@x.io': 'ada@x.io', 'second@x.io': 'ada@x.io' };
    const identity = createIdentity(identitySchema.parse({ person: { aliases } }));
    for (const late of ['first@x.io', 'second@x.io']) {
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      const read: KeyedRead<Row> = {
        ...byEmail(1),
        of: 'person',
        async read([email = '']) {
          if (email === late) await answered;
          else if (email !== 'ada@x.io') resolve();
          return email === 'ada@x.io' ? [] : [{ email, id: 1 }];
        },
      };
      const { reader } = vendor((rows) => rows);
      expect(await createKeyedReads(reader, identity).load(read, 'ada@x.io')).toMatchObject({ email: 'first@x.io' });
    }
  });
});
