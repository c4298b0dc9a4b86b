/**
 * What a client learns of its quotas from every answer, so that it can slow down before it is refused.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
 */
import type { Admission, PolicyStanding } from './quota.ts';

/** `ratelimit` tells of the policy that will run out first; `retry-after` is there for a refusal that waiting helps. */
export function rateLimitHeaders(admission: Admission): Readonly<Record<string, string>> {
  const { policies } = admission.standing;
  const tightest = tightestOf(policies);
  const headers: Record<string, string> = { 'ratelimit-policy': policyText(policies) };
  if (tightest) headers['ratelimit'] = `"${tightest.name}";r=${tightest.remaining};t=${tightest.resetSeconds}`;
  const seconds = retryAfter(admission);
  if (seconds !== undefined) headers['retry-after'] = String(seconds);
  return headers;
}

/** Of the policies asked for last: most requests are those of one kind of client. */
let written: { quotas: readonly number[]; text: string } | undefined;

function policyText(policies: readonly PolicyStanding[]): string {
  if (written?.quotas.length !== policies.length || !policies.every(({ quota }, at) => quota === written?.quotas[at])) {
    const texts = policies.map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`);
    written = { quotas: policies.map(({ quota }) => quota), text: texts.join(', ') };
  }
  return written.text;
}

/** Of several that are equally near their end, the first. */
function tightestOf(policies: readonly PolicyStanding[]): PolicyStanding | undefined {
  let tightest: PolicyStanding | undefined;
  for (const one of policies) if (tightest === undefined || shareOf(one) < shareOf(tightest)) tightest = one;
  return tightest;
}

function shareOf({ remaining, quota }: PolicyStanding): number {
  return quota === 0 ? 1 : remaining / quota;
}

/** Seconds. */
function retryAfter(admission: Admission): number | undefined {
  if (admission.admitted || admission.refusal.retryAfterMs === undefined) return undefined;
  return Math.max(1, Math.ceil(admission.refusal.retryAfterMs / 1_000));
}
