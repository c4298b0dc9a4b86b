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
    'ratelimit-policy': policies
      .map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
      .join(', '),
    ...(tightest && { ratelimit: `"${tightest.name}";r=${tightest.remaining};t=${tightest.resetSeconds}` }),
    ...retryAfter(admission),
  };
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
