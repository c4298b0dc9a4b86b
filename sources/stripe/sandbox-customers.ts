/** Customers, made from the world's companies. */
import type { World, WorldCompany } from '../../src/sandbox/world.ts';
import { type Address, type Customer, idTail, toSeconds } from './sandbox-objects.ts';

/** The fields every new customer has, whoever makes it; `created` in seconds. */
export function newCustomer(id: string, created: number): Customer {
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: idTail(id).slice(0, 8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

export function customersOf(world: World): Customer[] {
  return world.companies.flatMap((company) => {
    const id = company.ids.stripe;
    return id === undefined ? [] : [customerOf(world, company, id)];
  });
}

function customerOf(world: World, company: WorldCompany, id: string): Customer {
  const invoices = world.invoices.filter(({ companyIndex }) => companyIndex === company.index);
  const domain = company.spelling?.stripe === undefined ? company.domain : company.spelling.stripe;
  const person = company.billingPersonIndex === null ? undefined : world.people[company.billingPersonIndex];
  return {
    ...newCustomer(id, toSeconds(company.createdAt)),
    address: addressOf(company),
    currency: invoices[0]?.currency ?? null,
    delinquent: invoices.some(({ status }) => status === 'uncollectible'),
    description: company.industry === null ? null : sentence(company.industry),
    email: person === undefined ? null : (person.spelling.stripe ?? person.email),
    metadata: {
      ...(domain === null ? {} : { domain }),
      company: company.name,
      ...(company.ids.hubspot === undefined ? {} : { hubspot_company_id: company.ids.hubspot }),
    },
    name: company.name,
    next_invoice_sequence: invoices.length + 1,
    phone: company.phone,
  };
}

function addressOf({ city, state, country }: WorldCompany): Address | null {
  if (city === null && country === null) return null;
  return {
    city,
    country: COUNTRY_CODES[country ?? ''] ?? null,
    line1: null,
    line2: null,
    postal_code: null,
    state,
  };
}

/** `INDUSTRIAL_AUTOMATION` → `Industrial automation` */
function sentence(word: string): string {
  const text = word.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** ISO 3166-1, of the countries the world's companies are in. */
const COUNTRY_CODES: Record<string, string> = {
  Australia: 'AU',
  Brazil: 'BR',
  Canada: 'CA',
  Denmark: 'DK',
  France: 'FR',
  Germany: 'DE',
  India: 'IN',
  Ireland: 'IE',
  Japan: 'JP',
  Kenya: 'KE',
  Netherlands: 'NL',
  Nigeria: 'NG',
  Norway: 'NO',
  Portugal: 'PT',
  Singapore: 'SG',
  Spain: 'ES',
  Sweden: 'SE',
  Switzerland: 'CH',
  'United Kingdom': 'GB',
  'United States': 'US',
};
