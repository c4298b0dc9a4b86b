/** Takes our credential out of a vendor's error answer: some repeat the key they refuse. */
import type { VendorAnswer } from './call-scope.ts';

/** Shorter strings (`x` as a password) are no secrets, and occur in any text. */
const SHORTEST = 8;

/** Returns the answer itself when nothing was found, which is nearly always. `mayFail`: whether it can be an error at all. */
export function scrubCredential(
  answer: VendorAnswer,
  credential: Readonly<Record<string, string>>,
  mayFail = answer.status >= 400,
): VendorAnswer {
  if (!mayFail) return answer;
  const secrets = Object.values(credential).flatMap(secretsIn);
  const headers = Object.entries(answer.headers);
  const found = secrets.filter(
    (secret) => answer.body.includes(secret) || headers.some(([, value]) => value.includes(secret)),
  );
  if (found.length === 0) return answer;
  const clean = (text: string): string => found.reduce((rest, secret) => rest.replaceAll(secret, '[credential]'), text);
  return {
    status: answer.status,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, clean(value)])),
    body: Buffer.from(clean(answer.body.toString())),
  };
}

/** `Bearer abc` → the whole and `abc`; `Basic …` → also both of its halves. Longest first. */
function secretsIn(header: string): string[] {
  const [scheme, token = ''] = header.split(' ', 2);
  const decoded = scheme === 'Basic' ? Buffer.from(token, 'base64').toString() : '';
  const colon = decoded.indexOf(':');
  const halves = colon < 0 ? [] : [decoded, decoded.slice(0, colon), decoded.slice(colon + 1)];
  return [header, token, ...halves].filter((secret) => secret.length >= SHORTEST);
}
