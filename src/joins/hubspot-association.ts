/** HubSpot v4 associations: which contacts and deals belong to a company, and the other way round. */
import type { KeyedRead } from './keyed-read.ts';

/** The ids found at the other end, in HubSpot's order, each once. */
export interface AssociationRow {
  from: string;
  to: readonly string[];
}

interface BatchRow {
  from: { id: string };
  to: { toObjectId: string | number | bigint }[];
}

export const contactsOfCompany = associations('companies', 'contacts');
export const dealsOfCompany = associations('companies', 'deals');
export const companiesOfDeal = associations('deals', 'companies');

function associations(fromObjectType: string, toObjectType: string): KeyedRead<AssociationRow> {
  return {
    name: `HubSpot ${toObjectType} of ${fromObjectType}`,
    // HubSpot takes 1,000 here; 100 keeps an answer small, since each object may bring up to 500 ties.
    chunk: 100,
    async read(ids, { call }) {
      const args = { fromObjectType, toObjectType, input: { inputs: ids.map((id) => ({ id })) } };
      // The answer's shape is the contract in sources/hubspot/openapi.yaml.
      const rows = (await call('hubspotBatchReadAssociations', args, ids.length)) as BatchRow[];
      return rows.map(({ from, to }) => ({
        from: String(from.id),
        to: [...new Set(to.map(({ toObjectId }) => String(toObjectId)))],
      }));
    },
    keysOf: ({ from }) => [from],
  };
}
