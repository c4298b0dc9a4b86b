/** The orders the CRM's people and accounts can be listed in; rows that are equal go by the CRM's id, whichever way. */
import type { WorldCompany, WorldPerson } from '../../../src/sandbox/world.ts';

type Keys<Row> = Readonly<Record<string, (row: Row) => string | number>>;

const PEOPLE: Keys<WorldPerson> = {
  CREATED: ({ createdAt }) => Date.parse(createdAt),
  UPDATED: ({ updatedAt }) => Date.parse(updatedAt),
  LAST_NAME: ({ lastName }) => lastName.toLowerCase(),
  EMAIL: ({ email }) => email,
};

const ACCOUNTS: Keys<WorldCompany> = {
  CREATED: ({ createdAt }) => Date.parse(createdAt),
  UPDATED: ({ updatedAt }) => Date.parse(updatedAt),
  NAME: ({ name }) => name.toLowerCase(),
  DOMAIN: ({ domain }) => domain,
};

export const PERSON_SORTS = sortsOf(PEOPLE);
export const ACCOUNT_SORTS = sortsOf(ACCOUNTS);

export function inOrderOfPeople(rows: readonly WorldPerson[], sort: string | null | undefined): WorldPerson[] {
  return inOrder(rows, PEOPLE, sort);
}

export function inOrderOfAccounts(rows: readonly WorldCompany[], sort: string | null | undefined): WorldCompany[] {
  return inOrder(rows, ACCOUNTS, sort);
}

/** What was changed is only listed newest first. */
function sortsOf(keys: Keys<never>): string[] {
  return Object.keys(keys).flatMap((name) => (name === 'UPDATED' ? ['UPDATED_DESC'] : [`${name}_ASC`, `${name}_DESC`]));
}

function inOrder<Row extends { ids: { hubspot?: string } }>(
  rows: readonly Row[],
  keys: Keys<Row>,
  sort: string | null | undefined,
): Row[] {
  const [, name = '', direction] = /^(.*)_(ASC|DESC)$/.exec(sort ?? 'CREATED_ASC') ?? [];
  const keyOf = keys[name];
  if (!keyOf) throw new RangeError(`The oracle knows no order ${sort}.`);
  const sign = direction === 'ASC' ? 1 : -1;
  return rows.toSorted(
    (one, other) => sign * compare(keyOf(one), keyOf(other)) || Number(one.ids.hubspot) - Number(other.ids.hubspot),
  );
}

function compare(one: string | number, other: string | number): number {
  return one < other ? -1 : Number(one > other);
}
