/**
 * Secrets are compared in a time that does not depend on where they differ. Time cannot be measured honestly here, so this
 * reads the source: whatever is compared with another value and has the name of a secret is on one of two lists.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));

/** Where secrets are compared: configured keys, issued keys, MACs of the record's head, of cursors and of webhooks. JWTs are jose's to check. */
const TIMING_SAFE = [
  'audit/head.ts',
  'auth/api-keys.ts',
  'auth/issued-keys.ts',
  'rest/cursor.ts',
  'subscriptions/cursor.ts',
  'webhooks/constant-time.ts',
];

/** Values with such a name that whoever asks may know, or made itself. */
const PUBLIC: readonly string[] = [
  // Links of the record's chain stand in the record.
  'audit/chain-walk.ts: hash !== stated',
  'audit/chain-walk.ts: known !== hash',
  'audit/recovery.ts: HASH_LENGTH) !== head.hash',
  // A head read twice: whether it was written anew meanwhile.
  'audit/verify.ts: readHead(dir))?.mac === head?.mac',
  // A caller's own hash of its own query.
  'graph/saved-documents.ts: query) !== sha256',
  // Of bodies that are both ours by then: whether one was stored before.
  'events/postgres-dedupe.ts: owner.bodySha256 === event.bodySha256',
  'events/sqlite-dedupe.ts: owner.bodySha256 === bodySha256',
  // A literal that stands for no secret, at start.
  'webhooks/hmac-scheme.ts: secret === unsignedMark',
  // The character #.
  'graph/document-text.ts: code === HASH',
  // Of a page, from the vendor.
  'rest/cursor-pager.ts: nextToken === token',
];

const SECRET =
  /(secret|digest|mac|signature|password|passwd|token|hash|sha256|credential|bearer|authorization|apikey)s?\)*$/i;
const LITERAL = /^('[^']*'?|"[^"]*"?|`[^`]*`?|-?\d+|undefined|null|true|false)\W*$/;
const COMPARISON = /([\w.?[\]()$'"`]+)\s*([!=]==?)\s*([\w.?[\]$'"`]+)/g;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  // The sandbox plays the vendors, whose secrets it hands out.
  .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox/'))
  .sort();

function codeOf(file: string): string {
  return readFileSync(`${SRC}${file}`, 'utf8')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '');
}

function secretComparisons(code: string): string[] {
  return [...code.matchAll(COMPARISON)].flatMap(([, left = '', operator, right = '']) => {
    const isHarmless = LITERAL.test(left) || LITERAL.test(right) || /typeof$/.test(left);
    return !isHarmless && (SECRET.test(left) || SECRET.test(right))
      ? [`${left.replace(/^\W+/, '')} ${operator} ${right}`]
      : [];
  });
}

describe('secrets', () => {
  it('are compared by timingSafeEqual where they are compared', () => {
    expect(files.filter((file) => /\btimingSafeEqual\(/.test(codeOf(file)))).toEqual(TIMING_SAFE);
  });

  it('are compared nowhere else', () => {
    const found = files.flatMap((file) => secretComparisons(codeOf(file)).map((one) => `${file}: ${one}`));
    expect(found.filter((one) => !PUBLIC.includes(one))).toEqual([]);
  });

  it('are not compared by the methods of texts and buffers', () => {
    const methods =
      /(secret|digest|mac|signature|password|token|credential)\w*\.(equals|compare|localeCompare|startsWith|includes|indexOf)\(/i;
    const found = files.filter((file) => methods.test(codeOf(file)));
    // The beginning of an issued key is public: it finds it. That of a webhook secret says what kind it is, at start.
    const publicPrefix = ['auth/issued-key.ts', 'webhooks/standard-scheme.ts'];
    expect(found.filter((file) => !publicPrefix.includes(file))).toEqual([]);
    expect(files.filter((file) => /Buffer\.compare\(/.test(codeOf(file)))).toEqual([]);
  });

  it('would be found by this test', () => {
    for (const code of [
      'if (given === apiKey) return',
      'return digest !== entry.digest',
      'sign(body) == request.signature',
    ])
      expect(secretComparisons(code)).toHaveLength(1);
    for (const code of [
      'token === undefined',
      "typeof secret === 'string'",
      'signature.length === 32',
      "token !== '{'",
    ])
      expect(secretComparisons(code)).toEqual([]);
  });
});
