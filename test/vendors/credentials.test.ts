import { describe, expect, it } from 'vitest';
import { createSecretReader } from '../../src/secrets/secret.ts';
import { createAuthorizer } from '../../src/vendors/credentials.ts';
import { wholeStory } from './kit.ts';

const readSecret = createSecretReader({ env: { KEY: 'k-1', USER: 'ada', BROKEN: 'a\r\nx: y' } });

describe('createAuthorizer', () => {
  it('sends a bearer token', () => {
    expect(createAuthorizer({ kind: 'bearer', token: 'secret://env/KEY' }, readSecret)()).toEqual({
      authorization: 'Bearer k-1',
    });
  });

  it('sends a basic pair, of secrets and of plain settings', () => {
    const authorize = createAuthorizer({ kind: 'basic', username: 'secret://env/USER', password: 'x' }, readSecret);
    expect(authorize()).toEqual({ authorization: `Basic ${Buffer.from('ada:x').toString('base64')}` });
  });

  it('sends a key in its own header', () => {
    expect(createAuthorizer({ kind: 'apiKey', header: 'X-Api-Key', key: 'secret://env/KEY' }, readSecret)()).toEqual({
      'x-api-key': 'k-1',
    });
  });

  it('refuses at the call, not before, when the secret is missing', () => {
    const authorize = createAuthorizer({ kind: 'bearer', token: 'secret://env/NONE' }, readSecret);
    expect(authorize).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_MISSING',
        message: 'auth.token: secret://env/NONE is not set.',
      }),
    );
  });

  it('refuses a secret that would begin a header of its own, without showing it', () => {
    const authorize = createAuthorizer({ kind: 'bearer', token: 'secret://env/BROKEN' }, readSecret);
    try {
      authorize();
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONNECTION_MISSING' });
      expect(wholeStory(error)).not.toContain('x: y');
    }
  });
});
