/** How the door reaches a vendor: its own endpoint with our credential, or the sandbox's emulator with its. */
import type { AuthConfig, VendorConfig } from '../config/vendor.ts';
import { createAuthorizer, type ReadSecret } from './credentials.ts';
import type { VendorConnection } from './door.ts';

export function vendorConnection(config: VendorConfig, readSecret: ReadSecret): VendorConnection {
  return { config, endpoint: config.endpoint, authorize: createAuthorizer(config.auth, readSecret) };
}

/** Keeps the path of the vendor's endpoint below the emulator's address. Throws when the sandbox runs no such vendor. */
export function sandboxConnection(
  config: VendorConfig,
  url: string | undefined,
  credentials: Readonly<Record<string, string>> | undefined,
): VendorConnection {
  if (url === undefined || credentials === undefined) throw new TypeError(`The sandbox runs no ${config.vendor}.`);
  const { pathname } = new URL(config.endpoint);
  const noSecrets: ReadSecret = () => {
    throw new TypeError('The sandbox needs no secrets.');
  };
  return {
    config,
    endpoint: `${url}${pathname === '/' ? '' : pathname}`,
    authorize: createAuthorizer(withCredentials(config.auth, credentials), noSecrets),
  };
}

function withCredentials(
  auth: AuthConfig,
  { token = '', username = '', password = '', key = '' }: Readonly<Record<string, string>>,
): AuthConfig {
  switch (auth.kind) {
    case 'bearer':
      return { kind: 'bearer', token };
    case 'basic':
      return { kind: 'basic', username, password };
    case 'apiKey':
      return { ...auth, key };
  }
}
