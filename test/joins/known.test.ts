import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError } from '../../src/errors.ts';
import { isKnown } from '../../src/joins/known.ts';

const hit = async () => ({});
const miss = async () => null;
const fail = (code: ErrorCode) => async () => {
  throw new GatewayError(code, 'No.');
};

describe('whether somebody is known', () => {
  it('is decided by the first wave that has a hit, and no later one is asked', async () => {
    let asked = 0;
    const count = async () => {
      asked += 1;
      return null;
    };
    expect(await isKnown([miss, hit], [count])).toBe(true);
    expect(asked).toBe(0);
    expect(await isKnown([miss], [count])).toBe(false);
    expect(asked).toBe(1);
  });

  it('cannot be denied by a system that fails', async () => {
    expect(await isKnown([fail('VENDOR_DOWN')], [miss])).toBe(true);
    expect(await isKnown([miss], [fail('VENDOR_TIMEOUT')])).toBe(true);
  });

  it('is not said where the operation may ask no further', async () => {
    const outOfCalls = new GatewayError('LIMIT_EXCEEDED', 'No.', { limit: 'cost' });
    const refused = async () => {
      throw outOfCalls;
    };
    await expect(isKnown([miss], [miss, refused])).rejects.toBe(outOfCalls);
    expect(await isKnown([miss], [hit, refused])).toBe(true);
  });

  it('is denied by a system that cannot even be asked for such a key', async () => {
    expect(await isKnown([miss, fail('BAD_USER_INPUT')])).toBe(false);
  });

  it('is denied by the systems a caller may see, whatever the others hold', async () => {
    expect(await isKnown([miss], [fail('SCOPE_MISSING')])).toBe(false);
    expect(await isKnown([fail('SCOPE_MISSING')], [fail('SCOPE_MISSING')])).toBe(true);
  });
});
