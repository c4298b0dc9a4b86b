import { describe, expect, it } from 'vitest';
import { safeMessage } from '../../src/rest/safe-message.ts';

describe('safeMessage', () => {
  it.each([
    ['Property "email" is invalid.', 'Property "email" is invalid.'],
    ['two\r\n  lines\u2028three\0\u202e', 'two lines three'],
    ['see https://x.example/a?b=c, please', 'see [link] please'],
    ['mail ada.l+x@mail.example.com now', 'mail [address] now'],
    ['Authorization: Bearer abc.def-1', 'Authorization: Bearer […]'],
    ['api_key=abc123 is wrong', 'api_key=[…] is wrong'],
    ['token: expired', 'token: expired'],
    ['key sk_test_123456 is revoked', 'key […] is revoked'],
    ['xoxb-12345-abcdef', '[…]'],
    ['id 3f2b8c1e-9d4a-4f6b-8e2a-1c5d7f9b0a3e', 'id […]'],
    ['request id: req_Ab12', 'request id: […]'],
    ['correlationId=9f-3a', 'correlationId=[…]'],
    ['call +46 70 123 45 42 or (555) 123-4567 now', 'call [number] or [number] now'],
    ['of 2026-01-15, ticket 20260115123, 10 of 500', 'of 2026-01-15, ticket 20260115123, 10 of 500'],
    ['Contact "Ada Lindqvist" exists', 'Contact "…" exists'],
    ["the user 'Ada' is gone", "the user '…' is gone"],
    ["isn't it, and doesn't 'contacts.email'", "isn't it, and doesn't 'contacts.email'"],
    ['no property hs_analytics_source_data', 'no property hs_analytics_source_data'],
    ['invalid_request_error.', 'invalid_request_error.'],
    ['aaaaaaaaaaaaaaaaaaaaaaaa', '[…]'],
    ['abc_defghijklmnop_QRSTUV', '[…]'],
    ['hs_analytics_source_data_9f', '[…]'],
    ['  \n ', undefined],
    ['', undefined],
  ])('makes %j to %j', (text, expected) => {
    expect(safeMessage(text)).toBe(expected);
  });

  it('cuts what is too long', () => {
    const long = safeMessage('word '.repeat(1_000));
    expect(long).toHaveLength(300);
    expect(long?.endsWith('…')).toBe(true);
  });

  it('is quick about hostile texts', () => {
    const started = performance.now();
    for (const part of ['a@', 'http:', 'a.', 'secret=', 'xox-', ' ']) safeMessage(part.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});
