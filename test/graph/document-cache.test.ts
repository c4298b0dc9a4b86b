import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocumentCache } from '../../src/graph/document-cache.ts';

const schema = buildSchema('type Query { a: Int } type Subscription { b: Int }');

describe('the cache of documents', () => {
  it('gives the same document for the same text', () => {
    const cache = createDocumentCache(schema);
    expect(cache.get('{ a }', null)).toBe(cache.get('{ a }', null));
    expect(cache.get('{ a }', null)).toBeDefined();
  });

  it.each(['{ nope }', '{ a', 'subscription { b }', 'query A { a } query B { a }', ''])(
    'has nothing for %j',
    (query) => {
      expect(createDocumentCache(schema).get(query, null)).toBeUndefined();
    },
  );

  it('forgets the document used longest ago', () => {
    const cache = createDocumentCache(schema, { maxDocuments: 2 });
    const [first, second] = [cache.get('query A { a }', null), cache.get('query B { a }', null)];
    expect(cache.get('query A { a }', null)).toBe(first);
    cache.get('query C { a }', null);
    expect(cache.get('query A { a }', null)).toBe(first);
    expect(cache.get('query B { a }', null)).not.toBe(second);
  });

  it('keeps no more text than it may', () => {
    const cache = createDocumentCache(schema, { maxCharacters: 30 });
    const first = cache.get('query A { a }', null);
    cache.get(`{ a } # ${'x'.repeat(20)}`, null);
    expect(cache.get('query A { a }', null)).not.toBe(first);
  });
});
