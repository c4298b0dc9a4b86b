/** The headers of a call: what every call to the vendor has, the request's own, the credential. Later ones go before earlier ones. */
import { ACCEPT_ENCODING } from './answer-body.ts';

type Headers = Readonly<Record<string, string>>;

/** `own`: the request's. */
export type CallHeaders = (own: Headers, credential: Headers) => Record<string, string>;

/** `fixed`: of the vendor, from its `vendor.yaml`. What it answers with is read only: it may be given to several calls. */
export function createCallHeaders(fixed: Headers): CallHeaders {
  const all = {
    'user-agent': 'vendorgraph',
    'accept-encoding': ACCEPT_ENCODING,
    ...Object.fromEntries(Object.entries(fixed).map(([name, value]) => [name.toLowerCase(), value])),
  };
  /** Of the call before: nearly all have no headers of their own, and the credential stays what it is. */
  let usual: { credential: Headers; headers: Record<string, string> } | undefined;
  return (own, credential) => {
    if (!isEmpty(own)) return { ...all, ...own, ...credential };
    if (!usual || !isSame(usual.credential, credential)) usual = { credential, headers: { ...all, ...credential } };
    return usual.headers;
  };
}

function isEmpty(headers: Headers): boolean {
  for (const _name in headers) return false;
  return true;
}

/** Both are made the vendor's one way, and so have the same names. Nobody guesses here: both are ours. */
function isSame(one: Headers, other: Headers): boolean {
  for (const name in other) if (one[name] !== other[name]) return false;
  return true;
}
