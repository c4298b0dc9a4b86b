/** Of mutations that leave the world as it is the second time: the same text again, for something the world has. */
import type { Random } from '../../../src/sandbox/random.ts';
import type { World } from '../../../src/sandbox/world.ts';

export function writeArguments(world: World): Readonly<Record<string, (random: Random) => string>> {
  const { people, companies, deals, tickets } = world;
  const write =
    (ids: readonly unknown[], input: string) =>
    (random: Random): string =>
      `id: ${JSON.stringify(String(random.pick(ids)))}, input: ${input}`;
  return {
    hubspotUpdateContact: write(
      people.flatMap(({ ids }) => ids.hubspot ?? []),
      '{ properties: { jobtitle: "Tester" } }',
    ),
    hubspotUpdateCompany: write(
      companies.flatMap(({ ids }) => ids.hubspot ?? []),
      '{ properties: { industry: "RETAIL" } }',
    ),
    hubspotUpdateDeal: write(
      deals.map(({ id }) => id),
      '{ properties: { amount: "10" } }',
    ),
    stripeUpdateCustomer: write(
      companies.flatMap(({ ids }) => ids.stripe ?? []),
      '{ description: "Tested" }',
    ),
    zendeskUpdateTicket: write(
      tickets.map(({ id }) => id),
      '{ ticket: { subject: "Tested" } }',
    ),
    zendeskUpdateUser: write(
      people.flatMap(({ ids }) => ids.zendesk ?? []),
      '{ user: { phone: "+491234567" } }',
    ),
    zendeskUpdateOrganization: write(
      companies.flatMap(({ ids }) => ids.zendesk ?? []),
      '{ organization: { notes: "Tested" } }',
    ),
  };
}
