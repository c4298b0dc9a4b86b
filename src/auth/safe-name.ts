/** A subject of a JWT, as ids and records may show it: it may be a user's number, an address, or a person's name. */
import { hash } from 'node:crypto';

/** An opaque name, safe to log; anything else could be an address or a person's name. */
const OPAQUE = /^[\w.|-]{1,128}$/;

/** A subject that could be personal data is named by its digest; `#` keeps the two apart. */
export function safeName(subject: string): string {
  return OPAQUE.test(subject) ? subject : `#${hash('sha256', subject, 'hex').slice(0, 32)}`;
}
