/** `schema/rows.ts`: what a join file may trust a vendor's row to be. */
import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeRowTypes } from '../../src/compose/row-types.ts';
import { copyGraph } from './graph-copy.ts';

/** The declaration of a name, without what stands around it. */
function declaration(text: string, name: string): string | undefined {
  return new RegExp(`^export (?:interface|type) ${name} [\\s\\S]*?(?=\\n\\n|\\n$)`, 'm').exec(text)?.[0];
}

describe('rows of the fixture graph', () => {
  let rows = '';
  beforeAll(async () => {
    using graph = copyGraph();
    expect((await graph.compose()).code).toBe(0);
    rows = graph.read('schema/rows.ts');
  });

  it('have the vendor’s property names and what it promises of them', () => {
    expect(declaration(rows, 'StripeInvoiceRow')).toContain('\n  id: string;\n');
    expect(declaration(rows, 'StripeInvoiceRow')).toContain('\n  "billing-reason"?: string | null;\n');
    expect(declaration(rows, 'StripeInvoiceRow')).toContain('\n  total: Integer;\n');
    expect(declaration(rows, 'ZendeskUserAttributesRow')).toContain('\n  "time-zone"?: string | null;\n');
  });

  it('have the vendor’s values of enums', () => {
    expect(declaration(rows, 'StripeInvoiceStatus')).toBe(
      'export type StripeInvoiceStatus = "draft" | "open" | "paid" | "charge.failed" | "past-due" | "1099";',
    );
  });

  it('have no field that an SDL file adds, and no type of ours', () => {
    expect(declaration(rows, 'ZendeskTicketRow')).toContain('  requester_id?: Id | null;');
    expect(declaration(rows, 'ZendeskTicketRow')).not.toMatch(/ requester\??:/);
    expect(rows).not.toMatch(/Person|Connection|PageInfo/);
  });

  it('are one of several for a union', () => {
    expect(declaration(rows, 'StripeCustomerOrDeletedRow')).toBe(
      'export type StripeCustomerOrDeletedRow = StripeCustomerRow | StripeDeletedCustomerRow;',
    );
  });

  it('stand beside the arguments of what reads them', () => {
    expect(rows).toContain(
      '\n  zendeskSearchTickets: { args: { input: ZendeskTicketSearchInput }; row: ZendeskTicketRow };\n',
    );
    expect(rows).toContain('\n  stripeInvoice: { args: { id: Id }; result: StripeInvoiceRow | null };\n');
    expect(rows).toContain('\n  zendeskTickets: { args: Record<string, never>; row: ZendeskTicketRow };\n');
  });

  it('are stale when their source changes', async () => {
    using graph = copyGraph();
    await graph.compose();
    graph.write('schema/rows.ts', graph.read('schema/rows.ts').replace('id: string;', 'id: number;'));
    const { code, lines } = await graph.compose({ check: true });
    expect([code, lines.at(-1)]).toEqual([
      1,
      expect.stringMatching(/^schema\/rows\.ts:\d+ {2}Found " {2}id: number;"/),
    ]);
  });
});

describe('rows of a small schema', () => {
  const rows = writeRowTypes(
    parse(`
      directive @resolveRoot on FIELD_DEFINITION
      directive @resolveRootField(field: String) on FIELD_DEFINITION
      type Query { node(id: ID!, depth: Int! = 1, where: Where): Node }
      type Mutation { send: Receipt, forget(id: ID!): Boolean }
      type Node { parent: Node, is_odd: Boolean @resolveRootField(field: "odd?"), value: Value!, names: [String!]! }
      union Value = Text | Node
      type Text { text: String @resolveRoot }
      type Receipt { at: String! }
      input Where { not: Where, kinds: [String!] = ["a"], size: Int! }
    `),
  );

  it('may hold themselves, plain values, and properties GraphQL cannot spell', () => {
    expect(declaration(rows, 'NodeRow')).toBe(
      'export interface NodeRow {\n  parent?: NodeRow | null;\n  "odd?"?: boolean | null;\n  value: ValueRow;\n  names: readonly string[];\n}',
    );
    expect(declaration(rows, 'ValueRow')).toBe('export type ValueRow = TextRow | NodeRow;');
    expect(declaration(rows, 'TextRow')).toBe('export type TextRow = string | null;');
  });

  it('take what has a default as optional', () => {
    expect(rows).toContain('node: { args: { id: Id; depth?: number; where?: Where | null }; result: NodeRow | null };');
    expect(declaration(rows, 'Where')).toContain(
      '  not?: Where | null;\n  kinds?: readonly string[] | null;\n  size: number;',
    );
  });

  it('know what mutations answer with, and offer none of them to a join', () => {
    expect(declaration(rows, 'ReceiptRow')).toBe('export interface ReceiptRow {\n  at: string;\n}');
    expect(declaration(rows, 'Operations')).not.toMatch(/send|forget/);
  });
});
