/**
 * What a client learns of its quotas from every answer, so that it can slow down before it is refused.
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
 */
import type { Admission, PolicyStanding } from './quota.ts';

/** `ratelimit` tells of the policy that will run out first; `retry-after` is there for a refusal that waiting helps. */
export function rateLimitHeaders(admission: Admission): Readonly<Record<string, string>> {
  const { policies } = admission.standing;
  const tightest = tightestOf(policies);
  return {
    'ratelimit-policy': policyText(policies),
    ...(tightest && { ratelimit: `"${tightest.name}";r=${tightest.remaining};t=${tightest.resetSeconds}` }),
    ...retryAfter(admission),
  };
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
  const share = ({ remaining, quota }: PolicyStanding) => (quota === 0 ? 1 : remaining / quota);
  return policies.reduce<PolicyStanding | undefined>(
    (tightest, one) => (tightest === undefined || share(one) < share(tightest) ? one : tightest),
    undefined,
  );
}

function retryAfter(admission: Admission): { 'retry-after'?: string } {
  if (admission.admitted || admission.refusal.retryAfterMs === undefined) return {};
  return { 'retry-after': String(Math.max(1, Math.ceil(admission.refusal.retryAfterMs / 1_000))) };
}
