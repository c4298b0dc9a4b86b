/** Turns a vendor's `auth` setting into the headers that carry its credential. */
import type { AuthConfig } from '../config/vendor.ts';
import { GatewayError } from '../errors.ts';

/** `createSecretReader` makes one; it throws an error that names the reference, never the secret. */
export type ReadSecret = (reference: string) => string;

export function createAuthorizer(auth: AuthConfig, readSecret: ReadSecret): () => Record<string, string> {
  const read = (setting: string, text: string): string => readCredential(setting, text, readSecret);
  switch (auth.kind) {
    case 'bearer':
      return () => ({ authorization: `Bearer ${read('auth.token', auth.token)}` });
    case 'basic':
      return () => {
        const pair = `${read('auth.username', auth.username)}:${read('auth.password', auth.password)}`;
        return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
      };
    case 'apiKey':
      return () => ({ [auth.header.toLowerCase()]: read('auth.key', auth.key) });
  }
}

function readCredential(setting: string, text: string, readSecret: ReadSecret): string {
  if (!text.startsWith('secret://')) return text;
  const value = readOrRefuse(setting, text, readSecret);
  // A header cannot carry it, and undici's own error would be about the header, not about the setting.
  if (!/^[\x20-\x7e]+$/.test(value)) {
    throw new GatewayError('CONNECTION_MISSING', `${setting}${nameOf(text)} holds characters no header can carry.`);
  }
  return value;
}

function readOrRefuse(setting: string, reference: string, readSecret: ReadSecret): string {
  try {
    return readSecret(reference);
  } catch (cause) {
    const problem = nameOf(reference) && cause instanceof Error ? `: ${cause.message}` : ' cannot be read.';
    throw new GatewayError('CONNECTION_MISSING', `${setting}${problem}`, { cause });
  }
}

/** A variable's name may be told to callers; a path of the server is for the log. */
function nameOf(reference: string): string {
  return reference.startsWith('secret://env/') ? ` (${reference})` : '';
}
