/** HubSpot v4 associations: which contacts and deals belong to a company, and the other way round. */
import { GatewayError } from '../errors.ts';
import type { BoundReader } from './bound-reader.ts';
import type { KeyedRead } from './keyed-read.ts';

/** The ids found at the other end, in HubSpot's order, each once. */
export interface AssociationRow {
  from: string;
  to: readonly string[];
  /** The one HubSpot calls primary: of several companies, the one a deal or contact is really with. */
  primary: string | undefined;
}

interface BatchRow {
  from: { id: string };
  to: { toObjectId: string | number | bigint; associationTypes?: { label?: string | null }[] }[];
  /** There when the object has more ties than one answer holds (500). */
  paging?: { next?: { after?: string } | null } | null;
}

export const contactsOfCompany = associations('companies', 'contacts');
export const dealsOfCompany = associations('companies', 'deals');
export const companiesOfDeal = associations('deals', 'companies');

function associations(fromObjectType: string, toObjectType: string): KeyedRead<AssociationRow> {
  return {
    name: `HubSpot ${toObjectType} of ${fromObjectType}`,
    // HubSpot takes 1,000 here; 100 keeps an answer small, since each object may bring up to 500 ties.
    chunk: 100,
    read: async (ids, reader) => rowsOf(await tiesOf(ids, { fromObjectType, toObjectType }, reader)),
    keysOf: ({ from }) => [from],
  };
}

/** Answers about one object: 10,000 ties. A join is no export. */
const MOST_ANSWERS = 20;

/** Most objects are done with one answer; the others are asked about together until none has more. */
async function tiesOf(ids: readonly string[], types: object, { call }: BoundReader): Promise<BatchRow[]> {
  const all: BatchRow[] = [];
  let inputs: { id: string; after?: string }[] = ids.map((id) => ({ id }));
  for (let answers = 0; inputs.length > 0; answers += 1) {
    if (answers === MOST_ANSWERS) throw tooMany(inputs.length);
    const args = { ...types, input: { inputs } };
    // The answer's shape is the contract in sources/hubspot/openapi.yaml.
    const rows = ((await call('hubspotBatchReadAssociations', args, inputs.length)) ?? []) as BatchRow[];
    all.push(...rows);
    inputs = rows.flatMap(({ from, paging }) =>
      paging?.next?.after ? [{ id: from.id, after: paging.next.after }] : [],
    );
  }
  return all;
}

function tooMany(objects: number): GatewayError {
  const message = `HubSpot ties more to ${objects === 1 ? 'an object' : `${objects} objects`} than a join can read.`;
  return new GatewayError('LIMIT_EXCEEDED', message, { operation: 'hubspotBatchReadAssociations', limit: 'rows' });
}

function rowsOf(rows: readonly BatchRow[]): AssociationRow[] {
  return [...Map.groupBy(rows, ({ from }) => String(from.id))].map(([from, pages]) => {
    const ties = pages.flatMap(({ to }) => to);
    const primary = ties.find(({ associationTypes }) => associationTypes?.some(({ label }) => label === 'Primary'));
    return {
      from,
      to: [...new Set(ties.map(({ toObjectId }) => String(toObjectId)))],
      primary: primary && String(primary.toObjectId),
    };
  });
}
