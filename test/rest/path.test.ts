import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePathTemplate } from '../../src/rest/path-template.ts';
import { rejection, testScope } from '../vendors/kit.ts';
import { sendJson } from '../vendors/vendor-server.ts';
import { http, startGraph } from './graph.ts';

const SDL = `
  type Query { item(id: ID!, part: ID!): JSON ${http('GET', '/v1/items/{args.id}/parts/{args.part}.json')} }
`;

const startItems = () => startGraph({ sdl: SDL, answer: (_request, response) => sendJson(response, {}) });

const REFUSED = [
  '',
  '.',
  '..',
  'a/b',
  '/',
  'a\\b',
  '../../admin?x=1',
  '%2e%2e',
  '%2E.',
  '%252e%252e',
  '%25252e%25252e',
  'a%2fb',
  'a%252Fb',
  'a%5cb',
  '%zz%2f',
  'a\r\nHost: evil.example',
  'a\0',
  'a%00',
  'a\u0085',
  'x'.repeat(10_240),
  '．．',
  '‥',
  '․․',
  'a／b',
  'a＼b',
  '\ud800',
];

describe('an id in a path', () => {
  it.each(REFUSED)('is refused before any call: %j', async (id) => {
    await using graph = await startItems();
    const error = await rejection(graph.rest.call('item', { id, part: 'p' }, graph.scope));
    expect(error).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('"id"'),
      details: { vendor: 'stripe', operation: 'item', retryable: false },
    });
    expect(graph.vendor.seen).toEqual([]);
  });

  it.each([null, undefined, {}, ['a'], true])('is refused when it is no text: %j', async (id) => {
    await using graph = await startItems();
    await expect(graph.rest.call('item', { id, part: 'p' }, graph.scope)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect(graph.vendor.seen).toEqual([]);
  });

  it.each([
    ['{args.part}', '%7Bargs.part%7D'],
    ['$&', '%24%26'],
    ['$1', '%241'],
    ['a?b=c#d', 'a%3Fb%3Dc%23d'],
    ['ada+x@example.com', 'ada%2Bx%40example.com'],
    ['100%', '100%25'],
    ['...', '...'],
    ['a b', 'a%20b'],
    ['ü', '%C3%BC'],
    ["o'neil", "o'neil"],
    [42, '42'],
    [9007199254740993n, '9007199254740993'],
  ])('stays one segment and is never read as a template: %s', async (id, encoded) => {
    await using graph = await startItems();
    await graph.rest.call('item', { id, part: 'p' }, graph.scope);
    expect(graph.vendor.seen.map((request) => request.url)).toEqual([`/v1/items/${encoded}/parts/p.json`]);
  });

  it('is either refused or exactly what the vendor is asked for, whatever it is', async () => {
    await using graph = await startItems();
    const dangerous = fc.stringMatching(/^[./\\%2eEfF5cC{}$&?#@:;=+ \r\n\0a-c]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), dangerous), async (id) => {
        graph.vendor.seen.length = 0;
        const refused = await graph.rest.call('item', { id, part: 'p' }, testScope()).then(
          () => false,
          () => true,
        );
        const paths = graph.vendor.seen.map((request) => request.url.split('/').map(decodeURIComponent));
        expect(paths).toEqual(refused ? [] : [['', 'v1', 'items', id, 'parts', 'p.json']]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('parsePathTemplate', () => {
  it('knows its parameters and shows itself without the inner syntax', () => {
    expect(parsePathTemplate('/a/{args.x}/b/{args.y}')).toMatchObject({ parameters: ['x', 'y'], text: '/a/{x}/b/{y}' });
  });

  it('leaves a path without parameters as it is', () => {
    expect(parsePathTemplate('/v1/me').expand({})).toBe('/v1/me');
  });
});
