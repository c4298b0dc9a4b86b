/** Operations by id and by hash: whose text is run, and who may send one. */
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { type AskedDocument, createSavedDocuments, documentIdOf } from '../../src/graph/saved-documents.ts';

const SAVED = 'query Saved { __typename }';
const OTHER = '{ other: __typename }';
const open: Principal = { id: 'key:a', client: 'a', kind: 'app', scopes: new Set() };
const trusted: Principal = { ...open, trustedDocumentsOnly: true };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash: hash } });
const documents = () => createSavedDocuments([{ name: 'saved', text: SAVED }], DEFAULT_LIMITS);

function refusal(run: () => unknown): { message: string; status: unknown } {
  try {
    run();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return {
      message: error.originalError?.message ?? '',
      status: (error.extensions['http'] as { status: number } | undefined)?.status,
    };
  }
  throw new Error('Nothing was refused.');
}

describe('a saved operation', () => {
  it('is found by its id, with or without the name of the hash, beside or inside extensions', () => {
    const id = documentIdOf(SAVED);
    expect(id).toBe(`sha256:${sha256(SAVED)}`);
    for (const asked of [
      { documentId: id },
      { documentId: sha256(SAVED) },
      { extensions: { documentId: id }, query: '' },
    ])
      expect(documents().textOf(asked, trusted)).toBe(SAVED);
  });

  it.each([
    ['of nobody', sha256(OTHER)],
    ['of a number', 7],
    ['of a list', [documentIdOf(SAVED)]],
    ['of a prototype', '__proto__'],
    ['empty', ''],
  ])('is not found by an id %s', (_name, documentId) => {
    expect(refusal(() => documents().textOf({ documentId }, open)).message).toContain('no saved operation');
  });

  it('is not sent beside a text: two would be two answers to what is run', () => {
    const asked = { documentId: documentIdOf(SAVED), query: OTHER };
    expect(refusal(() => documents().textOf(asked, open)).status).toBe(400);
    expect(refusal(() => documents().textOf(asked, trusted)).status).toBe(400);
  });
});

describe('a client held to saved operations', () => {
  const ways: [string, AskedDocument][] = [
    ['a text', { query: SAVED }],
    ['a text and an id that is null', { query: OTHER, documentId: null }],
    ['a hash and its text', { query: OTHER, extensions: persisted(sha256(OTHER)) }],
    ['a hash that another client has sent', { extensions: persisted(sha256(OTHER)) }],
    ['nothing', {}],
  ];
  it.each(ways)('may not send %s', (_name, asked) => {
    const saved = documents();
    saved.textOf({ query: OTHER, extensions: persisted(sha256(OTHER)) }, open);
    expect(refusal(() => saved.textOf(asked, trusted)).status).toBe(403);
  });
});

describe('an automatic persisted query', () => {
  it('is kept under the hash of its own text, and found by it', () => {
    const saved = documents();
    expect(refusal(() => saved.textOf({ extensions: persisted(sha256(OTHER)) }, open))).toEqual({
      message: 'PersistedQueryNotFound',
      status: 200,
    });
    expect(saved.textOf({ query: OTHER, extensions: persisted(sha256(OTHER)) }, open)).toBe(OTHER);
    expect(saved.textOf({ extensions: persisted(sha256(OTHER)) }, open)).toBe(OTHER);
  });

  it('cannot be put under another text’s hash (APQ cache poisoning)', () => {
    const saved = documents();
    for (const hash of [sha256(SAVED), sha256(OTHER).toUpperCase(), `${sha256(OTHER)} `, ''])
      expect(refusal(() => saved.textOf({ query: OTHER, extensions: persisted(hash) }, open)).message).toContain(
        'not the SHA-256',
      );
    expect(refusal(() => saved.textOf({ extensions: persisted(sha256(SAVED)) }, open)).message).toBe(
      'PersistedQueryNotFound',
    );
  });

  it('is bounded in bytes: the one used longest ago goes first', () => {
    const saved = documents();
    const text = (index: number) => `{ a${index}: __typename } # ${'x'.repeat(60_000)}`;
    const isKept = (index: number) => {
      try {
        return saved.textOf({ extensions: persisted(sha256(text(index))) }, open) === text(index);
      } catch {
        return false;
      }
    };
    for (let index = 0; index < 100; index += 1)
      saved.textOf({ query: text(index), extensions: persisted(sha256(text(index))) }, open);
    expect([isKept(0), isKept(99)]).toEqual([false, true]);
  });

  it('pushes out nothing when its text is longer than the client may send', () => {
    const saved = documents();
    saved.textOf({ query: OTHER, extensions: persisted(sha256(OTHER)) }, open);
    for (let index = 0; index < 10; index += 1) {
      const text = `{ a${index}: __typename } # ${'x'.repeat(1_000_000)}`;
      const { message } = refusal(() => saved.textOf({ query: text, extensions: persisted(sha256(text)) }, open));
      expect(message).toMatch(/has 1000\d+ characters/);
    }
    expect(saved.textOf({ extensions: persisted(sha256(OTHER)) }, open)).toBe(OTHER);
  });

  it('is no saved operation: a hash is not an id', () => {
    const saved = documents();
    saved.textOf({ query: OTHER, extensions: persisted(sha256(OTHER)) }, open);
    expect(refusal(() => saved.textOf({ documentId: sha256(OTHER) }, open)).message).toContain('no saved operation');
  });
});
