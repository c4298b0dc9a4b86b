/** People Data Labs profiles ↔ people by e-mail address, ↔ accounts by website. */

import { normaliseDomain, normaliseEmail } from '../config/email-address.ts';
import { type AccountRow, accountRow } from './account-row.ts';
import type { Entity } from './identity.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';
import { type PersonRow, personRow } from './person-row.ts';

/** A bulk answer's entry, found or not: `status` says which; what failed is an error (`errors.partial` in vendor.yaml). A person is its `data`, a company lies flat beside the status. */
interface Entry {
  status: number;
  metadata?: { key?: string } | null;
}

interface PersonEntry extends Entry {
  data?: PersonProfile | null;
}

interface PersonProfile {
  full_name?: string | null;
  work_email?: string | null;
  personal_emails?: readonly string[] | null;
}

interface CompanyProfile extends Entry {
  website?: string | null;
  name?: string | null;
}

/** We send our key along as metadata and match by it: entries carry no other trace of what was asked. */
function enrichment<Found extends Entry>(
  name: string,
  operation: string,
  parameter: string,
  of: Entity,
): KeyedRead<Found> {
  return {
    name,
    chunk: 100,
    of,
    normalise: of === 'person' ? normaliseEmail : normaliseDomain,
    async read(keys, { call }) {
      const requests = keys.map((key) => ({ params: { [parameter]: key }, metadata: { key } }));
      // The answer's shape is the contract in sources/pdl/openapi.yaml.
      const entries = (await call(operation, { input: { requests } }, keys.length)) as (Found | null)[] | null;
      return (entries ?? []).filter((entry) => entry?.status === 200) as Found[];
    },
    keysOf: ({ metadata }) => [metadata?.key],
  };
}

const personProfile = enrichment<PersonEntry>('PDL person by e-mail', 'pdlEnrichPeople', 'email', 'person');
const companyProfile = enrichment<CompanyProfile>('PDL company by website', 'pdlEnrichCompanies', 'website', 'account');

export const pdlProfileJoin: Join = {
  Person: {
    profile: async ({ email }: PersonRow, _args: unknown, { reads }: JoinContext) =>
      (await reads.load(personProfile, email))?.data ?? null,
  },
  Account: {
    profile: ({ domain }: AccountRow, _args: unknown, { reads }: JoinContext) => reads.load(companyProfile, domain),
  },
  PdlPerson: {
    person: (
      { work_email: work, personal_emails: home, full_name: name }: PersonProfile,
      _args: unknown,
      context: JoinContext,
    ) => personRow(context, work ?? home?.[0], name),
  },
  PdlCompany: {
    account: ({ website, name }: CompanyProfile, _args: unknown, context: JoinContext) =>
      accountRow(context, website, name),
  },
};
