/** The token of `Bearer <token>`. */

/** Longer is no token: Node takes 16 KB of headers, a WebSocket's first message could bring more. */
const MAX_LENGTH = 16 * 1024;

/** Undefined for anything else. */
export function readBearer(authorization: string | null | undefined): string | undefined {
  if (!authorization || authorization.length > MAX_LENGTH) return undefined;
  return /^bearer +(\S+)$/i.exec(authorization)?.[1];
}
