/** Step 1: what People Data Labs and our own billing know of the company behind the lead's address. */
import { ask } from './graph.ts';
import type { Lead } from './lead.ts';
import type { Step } from './step.ts';

export interface Company {
  name: string | null;
  industry: string | null;
  employees: number | null;
  isCustomer: boolean;
}

const QUERY = `query Company($id: ID!) {
  hubspotContact(id: $id) {
    person { account { name customer { id } profile { name industry employee_count } } }
  }
}`;

interface Answer {
  hubspotContact: {
    person: {
      account: {
        name: string | null;
        customer: { id: string } | null;
        profile: { name: string | null; industry: string | null; employee_count: number | null } | null;
      } | null;
    } | null;
  } | null;
}

export const enrich: Step<Company> = {
  name: 'enrich',
  async take({ id }: Lead) {
    const { hubspotContact } = await ask<Answer>(QUERY, { id });
    // Null for free-mail addresses, and for domains nobody knows.
    const account = hubspotContact?.person?.account;
    const profile = account?.profile;
    return {
      name: account?.name ?? profile?.name ?? null,
      industry: profile?.industry ?? null,
      employees: profile?.employee_count ?? null,
      isCustomer: account?.customer != null,
    };
  },
  tell: ({ name, industry, employees, isCustomer }) =>
    [name ?? 'unknown company', industry, employees && `${employees} people`, isCustomer && 'a customer already']
      .filter(Boolean)
      .join(', '),
};
