/** Errors nobody expected, in the log: where and of what kind, and none of the values they carry. */
import { describe, expect, it } from 'vitest';
import { loggedError } from '../../src/observe/logged-error.ts';

const SECRETS = /ada|lindqvist|sk_live|brightforge|555/i;

describe('an unexpected error in the log', () => {
  it.each<[string, unknown]>([
    ['an address', new Error('no ada.lindqvist@brightforge.io here')],
    ['a quoted body', new Error('Unexpected answer "Ada Lindqvist, 555"')],
    ['a link', new Error('GET https://api.brightforge.io/people?name=ada failed')],
    ['a secret', new Error('refused sk_live_4eC39HqLyjWDarjtT1zdp7dc')],
    ['a telephone number', new Error('cannot call +1 (555) 123-4567')],
    ['properties', Object.assign(new Error('failed'), { response: { body: 'Ada Lindqvist', key: 'sk_live_1' } })],
    ['a cause', new Error('failed', { cause: new Error('of "Ada Lindqvist"') })],
    ['lines that look like frames', new Error('failed\n    at Ada (/srv/lindqvist.js:1:1)')],
    ['no error at all', { name: 'Ada Lindqvist' }],
    ['a text', 'Ada Lindqvist'],
  ])('shows nothing of %s', (_, error) => {
    expect(JSON.stringify({ ...loggedError(error), stack: [] })).not.toMatch(SECRETS);
    expect(loggedError(error).stack.join()).not.toMatch(SECRETS);
  });

  it('says what kind it is, what failed and where', () => {
    const { type, reason, stack } = loggedError(new TypeError("Cannot read properties of undefined (reading 'id')"));
    expect({ type, reason }).toEqual({
      type: 'TypeError',
      reason: "Cannot read properties of undefined (reading 'id')",
    });
    expect(stack[0]).toContain('logged-error.test.ts:');
  });

  it('ends with the third cause of a cause', () => {
    const circular = new Error('round');
    circular.cause = circular;
    expect(JSON.stringify(loggedError(circular)).match(/round/g)).toHaveLength(4);
  });
});
