/** Makes the world from a seed: same seed, same world, on every machine and day. Each area draws from a stream of its own. */
import { generateBookings, generateEventTypes } from './generate/bookings.ts';
import { generatePrices, generateProducts } from './generate/catalogue.ts';
import { generateChannels } from './generate/channels.ts';
import { chooseBillingPeople, generateCompanies } from './generate/companies.ts';
import { generateDeals } from './generate/deals.ts';
import { generateEmployees, generateTimeOff } from './generate/employees.ts';
import { generateBilling } from './generate/invoices.ts';
import { generateEmailDomains, generateEmails } from './generate/mail.ts';
import { generateMessages } from './generate/messages.ts';
import { instant, NOW_MS } from './generate/moments.ts';
import { generateOwners } from './generate/owners.ts';
import { generatePeople } from './generate/people.ts';
import { generateSubscriptions } from './generate/subscriptions.ts';
import { generateTickets } from './generate/tickets.ts';
import { createRandom } from './random.ts';
import type { World } from './world.ts';

export const DEFAULT_SEED = 20_261_102;

export function generateWorld({ seed = DEFAULT_SEED }: { seed?: number } = {}): World {
  const stream = (name: string) => createRandom(seed, name);
  const companies = generateCompanies(stream('companies'));
  const owners = generateOwners(stream('owners'));
  const people = generatePeople(stream('people'), companies, owners);

  const byCompany = Map.groupBy(people, ({ companyIndex }) => companyIndex);
  const peopleOf = (company: number) => (byCompany.get(company) ?? []).map(({ index }) => index);
  const contactsOf = (company: number) => peopleOf(company).filter((index) => people[index]?.ids.hubspot !== undefined);
  chooseBillingPeople(stream('billing people'), companies, peopleOf);

  const products = generateProducts(stream('products'));
  const prices = generatePrices(stream('prices'), products);
  const subscriptions = generateSubscriptions(stream('subscriptions'), companies, prices);
  const channels = generateChannels(stream('channels'), people);
  const eventTypes = generateEventTypes(stream('event types'));
  const employees = generateEmployees(stream('employees'));
  return {
    seed,
    now: instant(NOW_MS),
    companies,
    people,
    owners,
    deals: generateDeals(stream('deals'), companies, contactsOf),
    products,
    prices,
    subscriptions,
    ...generateBilling(stream('billing'), companies, prices, subscriptions),
    tickets: generateTickets(stream('tickets'), companies, people),
    channels,
    messages: generateMessages(stream('messages'), channels, companies),
    emails: generateEmails(stream('emails'), people),
    emailDomains: generateEmailDomains(stream('email domains')),
    eventTypes,
    bookings: generateBookings(stream('bookings'), people, eventTypes),
    employees,
    timeOff: generateTimeOff(stream('time off'), employees),
  };
}
