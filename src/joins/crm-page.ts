/** One page of a HubSpot search, as rows of the unified layer. */
import type { Page } from '../rest/executor.ts';
import { EMPTY_PAGE, type JoinContext, type PageArguments } from './join.ts';

export interface CrmQuery {
  /** Words looked for in HubSpot's searchable properties. */
  query: string | null | undefined;
  /** Property a row must have to be recognised. */
  required: string;
  equal: Readonly<Record<string, string | null | undefined>>;
  oneOf: Readonly<Record<string, readonly string[] | null | undefined>>;
}

/** Oldest first, so that a page does not move when rows are added. Rows that cannot be recognised are left out. */
export async function crmPage(
  operation: 'hubspotSearchContacts' | 'hubspotSearchCompanies',
  { query, required, equal, oneOf }: CrmQuery,
  { first, after }: PageArguments,
  { rest, scope }: JoinContext,
  recognise: (row: unknown) => unknown,
): Promise<Page> {
  const given = Object.entries(oneOf).filter(([, values]) => values);
  // HubSpot refuses an empty IN; nothing is one of nothing.
  if (given.some(([, values]) => values?.length === 0)) return EMPTY_PAGE;
  const filters = [
    { propertyName: required, operator: 'HAS_PROPERTY' },
    ...Object.entries(equal).flatMap(([propertyName, value]) =>
      value ? [{ propertyName, operator: 'EQ', value }] : [],
    ),
    ...given.map(([propertyName, values]) => ({ propertyName, operator: 'IN', values })),
  ];
  const input = {
    filterGroups: [{ filters }],
    sorts: [{ propertyName: 'createdate', direction: 'ASCENDING' }],
    ...(query ? { query } : {}),
  };
  const page = await rest.page(operation, { input }, { first: first ?? null, after: after ?? null }, scope);
  const rows = page.rows.flatMap(({ cursor, node }) => {
    const recognised = recognise(node);
    return recognised ? [{ cursor, node: recognised }] : [];
  });
  return { ...page, rows };
}
