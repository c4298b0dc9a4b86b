/** What a hundred people with five systems' data cost in vendor calls, beside what a careful engineer would plan by hand. */
import { ask } from '../ask.ts';
import type { Print } from '../benchmark.ts';
import { startGatewayWithSandbox } from '../gateway.ts';
import { table } from '../table.ts';

const PEOPLE = 100;

const FEW = `{ people(first: ${PEOPLE}) { nodes {
  email contact { id } customer { id } tickets(first: 5) { nodes { id } } slackUser { id } employee { employeeId }
} } }`;

/** The same objects, more of each. */
const MORE = `{ people(first: ${PEOPLE}) { nodes {
  email name
  contact { id createdAt updatedAt archived properties { email firstname lastname phone jobtitle company lifecyclestage } }
  customer { id name email currency balance created description phone delinquent }
  tickets(first: 5) { nodes { id subject status priority created_at updated_at tags } pageInfo { hasNextPage endCursor } }
  slackUser { id name real_name tz profile { email display_name title } }
  employee { employeeId firstName lastName preferredName workEmail jobTitleName status }
} } }`;

interface Plan {
  vendor: string;
  /** Calls for so many people. */
  calls: number;
  why: string;
}

const PLAN: readonly Plan[] = [
  { vendor: 'hubspot', calls: Math.ceil(PEOPLE / 100), why: 'the list is of contacts: 100 a page' },
  { vendor: 'stripe', calls: Math.ceil(PEOPLE / 10), why: 'search, 10 addresses joined by OR' },
  {
    vendor: 'zendesk',
    calls: PEOPLE + Math.ceil(PEOPLE / 25) + 1,
    why: 'users by 25 addresses and by contact ids, then tickets: a page for each, no batch',
  },
  { vendor: 'slack', calls: PEOPLE, why: 'users.lookupByEmail, no batch' },
  { vendor: 'bamboohr', calls: 1, why: 'the staff in one page of 2,500' },
];

interface ExplainedCall {
  vendor: string;
  cached: boolean;
}

export async function printPeopleCalls(print: Print): Promise<void> {
  // A rate of its own, so that no call is repeated because of a vendor's limit.
  await using gateway = await startGatewayWithSandbox({ SANDBOX_RATE: '1000000' });
  const [few, more] = [await callsOf(gateway, FEW), await callsOf(gateway, MORE)];
  const vendors = new Set([...PLAN.map(({ vendor }) => vendor), ...few.keys(), ...more.keys()]);
  const rows = [...vendors].map((vendor) => {
    const { calls = 0, why = 'not in the plan' } = PLAN.find((plan) => plan.vendor === vendor) ?? {};
    return [`${vendor}: ${why}`, ...[calls, few.get(vendor) ?? 0, more.get(vendor) ?? 0].map(String)];
  });
  print(`\nVendor calls for ${PEOPLE} people with contact, customer, tickets, Slack user and employee\n`);
  print(table(['', 'by hand', 'ours', 'ours, more fields'], rows));
  const within = rows.every(([, plan, ...counts]) =>
    counts.slice(0, 2).every((count) => Number(count) <= Number(plan)),
  );
  print(`\ntarget: at most the plan's calls, and no more for more fields: ${within ? 'met' : 'missed'}\n`);
}

async function callsOf({ url, key }: { url: string; key: string }, query: string): Promise<Map<string, number>> {
  const { extensions } = await ask(url, query, { key, headers: { 'x-vendorgraph-explain': '1' } });
  const calls = new Map<string, number>();
  // The contract's shape of an explanation.
  for (const { vendor, cached } of (extensions['explain'] as { vendorCalls: ExplainedCall[] }).vendorCalls)
    if (!cached) calls.set(vendor, (calls.get(vendor) ?? 0) + 1);
  return calls;
}
