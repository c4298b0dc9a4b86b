/** One page of a HubSpot search, as rows of the unified layer. */
import { GatewayError } from '../errors.ts';
import type { Page } from '../rest/executor.ts';
import { withNodes } from '../rest/page-reader.ts';
import { emptyPage } from './id-page.ts';
import type { JoinContext, PageArguments } from './join.ts';

export interface CrmQuery {
  /** Words looked for in HubSpot's searchable properties. */
  query: string | null | undefined;
  /** Property a row must have to be recognised. */
  required: string;
  equal: Readonly<Record<string, string | null | undefined>>;
  /** By the filter's name in the graph. */
  oneOf: Readonly<Record<string, { propertyName: string; values: readonly string[] } | null>>;
  sort: CrmSort;
}

/** HubSpot sorts by one property; rows that have the same value, it orders by id. */
export interface CrmSort {
  propertyName: string;
  direction: 'ASCENDING' | 'DESCENDING';
}

/** Whose cursors they are. */
const LISTS = { hubspotSearchContacts: 'people', hubspotSearchCompanies: 'accounts' } as const;

/** HubSpot refuses longer lists in a filter. */
const MOST_VALUES = 100;

/** A cursor holds for the same filter and order only. Rows that cannot be recognised are left out. */
export async function crmPage(
  operation: 'hubspotSearchContacts' | 'hubspotSearchCompanies',
  { query, required, equal, oneOf, sort }: CrmQuery,
  { first, after }: PageArguments,
  context: JoinContext,
  recognise: (row: unknown) => unknown,
): Promise<Page> {
  const { rest, scope } = context;
  const list = LISTS[operation];
  const given = Object.entries(oneOf).flatMap(([name, list]) => (list ? [{ name, ...list }] : []));
  // HubSpot refuses an empty IN; nothing is one of nothing.
  if (given.some(({ values }) => values.length === 0))
    return emptyPage(list, { first: first ?? null, after: after ?? null }, context);
  for (const { name, values } of given) requireFew(name, values);
  const filters = [
    { propertyName: required, operator: 'HAS_PROPERTY' },
    ...Object.entries(equal).flatMap(([propertyName, value]) =>
      value ? [{ propertyName, operator: 'EQ', value }] : [],
    ),
    ...given.map(({ propertyName, values }) => ({ propertyName, operator: 'IN', values })),
  ];
  const input = { filterGroups: [{ filters }], sorts: [sort], ...(query ? { query } : {}) };
  const page = await rest.page(operation, { input }, { first: first ?? null, after: after ?? null }, scope, { list });
  return withNodes(page, recognise);
}

function requireFew(name: string, values: readonly string[]): void {
  if (values.length <= MOST_VALUES) return;
  const message = `The filter "${name}" has ${values.length} values, aliases counted; it can have ${MOST_VALUES}.`;
  throw new GatewayError('BAD_USER_INPUT', message, { retryable: false });
}
