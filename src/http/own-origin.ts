/**
 * Whether a request names this gateway: `Host` and `Origin`. A page whose own name was made to lead here (DNS rebinding) names
 * itself in both, so a name in `Host` has to be ours; an address cannot be made to lead elsewhere.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Which header names somebody else; undefined: none. `publicUrl`: where callers reach the gateway. */
export function foreignHeader({ host, origin }: IncomingHttpHeaders, publicUrl: string): 'Host' | 'Origin' | undefined {
  const own = new URL(publicUrl);
  if (host !== undefined && !isOwnName(new URL(`http://${host}`).hostname, own)) return 'Host';
  // Of browsers alone: other callers send none.
  if (origin === undefined || origin === own.origin) return undefined;
  return URL.canParse(origin) && new URL(origin).host === host ? undefined : 'Origin';
}

function isOwnName(hostname: string, own: URL): boolean {
  return hostname === own.hostname || hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
