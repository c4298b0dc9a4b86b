/** Ways the join tests ask: many keys at once under aliases, and lists to their end. */
import { expect } from 'vitest';
import type { AskOptions, GatewayUnderTest } from '../gateway-under-test.ts';

/** Aliases in one operation. */
const BATCH = 25;

/** An answer's tree; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: stands for whatever was selected
export type Tree = any;

/** `data` of an operation that must go without any error. */
export async function ask(gateway: GatewayUnderTest, query: string, options?: AskOptions): Promise<Tree> {
  const { data, errors } = await gateway.ask(query, options);
  expect(errors).toEqual([]);
  return data;
}

/** One answer per key, in the order of the keys: `person(email: $key) { … }`. */
export async function askMany(
  gateway: GatewayUnderTest,
  field: { name: string; argument: string; selection: string },
  keys: readonly string[],
): Promise<Tree[]> {
  const answers: Tree[] = [];
  for (let start = 0; start < keys.length; start += BATCH) {
    const batch = keys.slice(start, start + BATCH);
    const declared = batch.map((_key, index) => `$k${index}: String!`).join(' ');
    const fields = batch.map(
      (_key, index) => `a${index}: ${field.name}(${field.argument}: $k${index}) { ${field.selection} }`,
    );
    const variables = Object.fromEntries(batch.map((key, index) => [`k${index}`, key]));
    const data = await ask(gateway, `query(${declared}) { ${fields.join('\n')} }`, { variables });
    answers.push(...batch.map((_key, index) => data[`a${index}`]));
  }
  return answers;
}

export const askPeople = (gateway: GatewayUnderTest, emails: readonly string[], selection: string) =>
  askMany(gateway, { name: 'person', argument: 'email', selection }, emails);

export const askAccounts = (gateway: GatewayUnderTest, domains: readonly string[], selection: string) =>
  askMany(gateway, { name: 'account', argument: 'domain', selection }, domains);

/**
 * Every node of a connection, `first` at a time. `field` is written with `PAGE` where paging arguments go and may lie
 * inside others, e.g. `person(email: "…") { tickets(PAGE) { nodes { id } } }`; `find` leads to the connection.
 */
export async function walk(
  gateway: GatewayUnderTest,
  field: string,
  find: (data: Tree) => Tree,
  first: number,
  mostPages = 1_000,
): Promise<Tree[]> {
  const nodes: Tree[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const query = `query($after: String) { ${field.replace('PAGE', `first: ${first}, after: $after`)} }`;
    const connection: Tree = find(await ask(gateway, query, { variables: { after } }));
    expect(connection.nodes.length).toBeLessThanOrEqual(first);
    nodes.push(...connection.nodes);
    if (!connection.pageInfo.hasNextPage) return nodes;
    expect(connection.pageInfo.endCursor).not.toBe(after);
    after = connection.pageInfo.endCursor;
  }
  throw new Error(`${field} has no end.`);
}

export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';
