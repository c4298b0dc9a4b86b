/** The bytes a vendor signs, written as its documentation does: `v0:{timestamp}:{body}`. Everything goes in as it was sent. */
import type { Claim, SignedRequest } from './scheme.ts';

const FIELDS = {
  method: (_, request) => request.method,
  url: (_, request) => request.url,
  body: (_, request) => request.raw,
  timestamp: (claim) => claim.timestamp,
  id: (claim) => claim.id,
} satisfies Record<string, (claim: Claim, request: SignedRequest) => string | Buffer>;

type Field = keyof typeof FIELDS;

export type SignedContent = (claim: Claim, request: SignedRequest) => (string | Buffer)[];

/** Throws TypeError for a field it does not know. */
export function signedContent(template: string): SignedContent {
  const parts = template.split(/(\{\w+\})/).filter((part) => part !== '');
  const readers = parts.map((part) => {
    if (!part.startsWith('{')) return () => part;
    const name = part.slice(1, -1);
    if (!isField(name)) throw new TypeError(`Nothing called ${name} is signed.`);
    return FIELDS[name];
  });
  return (claim, request) => readers.map((read) => read(claim, request));
}

function isField(name: string): name is Field {
  return Object.hasOwn(FIELDS, name);
}
