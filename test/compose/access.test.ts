import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { guardSource } from '../../src/compose/source-access.ts';
import { copyGraph, type GraphCopy } from './graph-copy.ts';

const SDL = 'schema/unified.graphql';
const VENDOR = 'sources/stripe/vendor.yaml';
const COMPOSED = 'schema/composed.graphql';

async function composed(change: (graph: GraphCopy) => void = () => undefined): Promise<string> {
  using graph = copyGraph();
  change(graph);
  const { code, lines } = await graph.compose();
  expect(lines.join('\n'), `exit code ${code}`).toContain('wrote');
  return graph.read(COMPOSED);
}

async function refusal(change: (graph: GraphCopy) => void): Promise<string> {
  using graph = copyGraph();
  change(graph);
  const { code, lines } = await graph.compose();
  expect(code).toBe(1);
  return lines.filter((line) => !line.startsWith('  ')).join('\n');
}

const append = (sdl: string) => (graph: GraphCopy) => graph.write(SDL, `${graph.read(SDL)}\n${sdl}\n`);
const personalData = (yaml: string) => (graph: GraphCopy) =>
  graph.edit(VENDOR, 'operations:', `personalData: ${yaml}\noperations:`);

describe('a vendor', () => {
  it('is guarded by its own scopes without a rule of anybody’s', async () => {
    const sdl = await composed();
    expect(sdl).toContain('type StripeCustomer @scope(requires: ["stripe:read"]) {');
    expect(sdl).toContain('type StripeInvoiceConnection @scope(requires: ["stripe:read"]) {');
    expect(sdl).toMatch(
      / {2}stripeInvoice\([\s\S]*?\): StripeInvoice @httpOperation\(.*\) @scope\(requires: \["stripe:read"\]\)/,
    );
    expect(sdl).toMatch(/ {2}zendeskDeleteTicket\(.*\): Boolean .*@scope\(requires: \["zendesk:write"\]\)/);
    expect(sdl).toContain('type PageInfo @scope(requires: []) {');
  });

  it('asks readers for what reads answer with, at whatever depth, and writers for the rest', () => {
    const source = parse(`
      type Query { orders: [Order] }
      type Mutation { ship(id: ID!): Receipt  cancel(id: ID!): Order }
      type Order { buyer: Party  parcel: Parcel }
      interface Party { name: String }
      type Company implements Party { name: String }
      union Parcel = Box
      type Box { weight: Int }
      type Receipt { stamp: Stamp }
      type Stamp { at: String }`);
    const sdl = print(guardSource(source, { vendor: 'acme' }));
    const guarded = (access: string) =>
      [...sdl.matchAll(/^(?:type|interface) (\w+)[^{\n]* @scope\(requires: \["acme:(\w+)"\]\)/gm)]
        .filter(([, , found]) => found === access)
        .map(([, name]) => name);
    expect(guarded('read')).toEqual(['Order', 'Party', 'Company', 'Box']);
    expect(guarded('write')).toEqual(['Receipt', 'Stamp']);
  });

  it('can be given rules on top, which must hold as well', async () => {
    const rules =
      'extend type StripeInvoice @scope(requires: ["pii:read"]) @scope(requires: ["zendesk:read"], fields: ["total"])';
    const sdl = await composed(append(rules));
    expect(sdl).toContain('type StripeInvoice @scope(requires: ["stripe:read"]) @scope(requires: ["pii:read"]) {');
    expect(sdl).toContain('  total: BigInt! @scope(requires: ["zendesk:read"])\n');
  });
});

describe('our own SDL', () => {
  it('may gather rules on a type, and they end up on the fields they name', async () => {
    const sdl = await composed();
    expect(sdl).toContain('type Person {');
    expect(sdl).toContain('  email: String! @scope(requires: ["stripe:read", "zendesk:read"]) @pii(category: EMAIL)\n');
    expect(sdl).toContain('  customer: StripeCustomer @scope(requires: ["stripe:read"])\n');
  });

  it('has what a join adds to a vendor’s type guarded by that type', async () => {
    expect(await composed(append('extend type StripeCustomer { risk: Int }'))).toContain('  risk: Int\n');
  });

  it('gives its connections and edges the rules of what they list', async () => {
    const sdl = await composed(
      append(`
        type Note @scope(requires: ["zendesk:read"]) { text: String }
        type NoteEdge { cursor: String! node: Note }
        type NoteConnection { edges: [NoteEdge!] nodes: [Note] pageInfo: PageInfo }`),
    );
    expect(sdl).toContain('type NoteEdge @scope(requires: ["zendesk:read"]) {');
    expect(sdl).toContain('type NoteConnection @scope(requires: ["zendesk:read"]) {');
  });

  it('may have a file of comments only', async () => {
    const sdl = await composed((graph) => {
      graph.write('schema/cost.graphql', '# Nothing yet.\n\n  # "type Query {"\n');
      graph.edit('.meshrc.yaml', './schema/unified.graphql', './schema/unified.graphql\n  - ./schema/cost.graphql');
    });
    expect(sdl).toContain('type Person {');
  });
});

describe('a field nobody wrote a rule for', () => {
  it('fails the build, with every such field and what to write', async () => {
    const message = await refusal((graph) => {
      graph.edit(SDL, '\n  email: String!', '\n  email: String!\n  nickname: String');
      append('type Note { text: String, by: Person }\ninterface Titled { title: String }')(graph);
    });
    expect(message).toBe(
      'schema/unified.graphql:8:3  Found no rule for Person.nickname, Note.text, Note.by, Titled.title, expected @scope to ' +
        'say who may see each. Write it in an SDL file such as schema/access.graphql, named under additionalTypeDefs in ' +
        '.meshrc.yaml: extend type Person @scope(requires: ["…:read"], fields: ["nickname"]); an empty list of scopes opens ' +
        'a field to every caller we know.',
    );
  });

  it('fails the build for a root field, too', async () => {
    expect(await refusal(append('extend type Query { ping: String }'))).toContain('Found no rule for Query.ping,');
  });

  it('is no such field when the list of scopes is empty', async () => {
    const sdl = await composed(append('extend type Query { ping: String @scope(requires: []) }'));
    expect(sdl).toContain('  ping: String @scope(requires: [])');
  });
});

describe('a rule is refused', () => {
  it.each([
    [
      'for a scope that does not exist',
      'extend type StripeCustomer @scope(requires: ["strip:read"])',
      'schema/unified.graphql:25:28  Found scope "strip:read", expected <vendor>:read or <vendor>:write of a source, or one of pii:read, events:read, events:replay, admin:read, admin:write (perhaps stripe:read',
    ],
    [
      'for a vendor that is not in the graph',
      'extend type StripeCustomer @scope(requires: ["hubspot:read"])',
      'Found scope "hubspot:read", expected',
    ],
    [
      'for a field that does not exist',
      'extend type StripeCustomer @pii(category: EMAIL, fields: ["emial"])',
      'Found field "emial" in @pii, which StripeCustomer does not have (perhaps email',
    ],
    [
      'for a field of an interface that does not exist',
      'interface Titled @scope(requires: [], fields: ["titel"]) { title: String }',
      'Found field "titel" in @scope, which Titled does not have (perhaps title).',
    ],
    [
      'for no fields',
      'extend type StripeCustomer @scope(requires: [], fields: [])',
      'Found an empty list of fields in @scope, expected names, or no "fields" at all.',
    ],
    [
      'for fields of a field',
      'extend type Query { ping: String @scope(requires: [], fields: ["ping"]) }',
      'Found "fields" in @scope on the field ping, expected it on types only.',
    ],
    [
      'for a category that does not exist',
      'extend type StripeCustomer @pii(category: EMIAL)',
      'schema/unified.graphql:25:43  Value "EMIAL" does not exist in "PiiCategory" enum. Did you mean the enum value "EMAIL"?',
    ],
    [
      'for scopes that are no texts',
      'extend type StripeCustomer @scope(requires: [4711])',
      'String cannot represent a non string value: 4711',
    ],
    [
      'for a directive of its own that is called like ours',
      'directive @scope(of: String) on OBJECT',
      'There can be only one directive named "@scope".',
    ],
  ])('%s', async (_what, sdl, message) => {
    expect(await refusal(append(sdl))).toContain(message);
  });
});

describe('personal data', () => {
  it('of vendor.yaml is marked in the schema', async () => {
    const sdl = await composed(personalData('{ Customer: { email: email } }'));
    expect(sdl).toMatch(/type StripeCustomer [^}]*\n {2}email: String @pii\(category: EMAIL\)\n/);
  });

  it('that is masked as null may be null, though the vendor always sends it', async () => {
    using graph = copyGraph();
    personalData('{ Invoice: { total: finance, id: name } }')(graph);
    expect((await graph.compose()).code).toBe(0);
    expect(graph.read(COMPOSED)).toContain('  total: BigInt @pii(category: FINANCE)\n');
    expect(graph.read(COMPOSED)).toMatch(/ {2}id: (ID|String)! @pii\(category: NAME\)\n/);
    expect(graph.read('schema/rows.ts')).toContain('  total: Integer;');
  });

  it('of a whole type is marked on each of its fields', async () => {
    const sdl = await composed(
      append('type Note @scope(requires: []) @pii(category: CONTENT) { text: String by(name: String): String }'),
    );
    expect(sdl).toMatch(
      /type Note @scope\(requires: \[\]\) \{\n {2}text: String @pii.*\n {2}by\(name: String\): String @pii/,
    );
  });

  it.each([
    [
      'that our own SDL says is never null',
      'extend type Person { phone: String! @scope(requires: []), home: String! @scope(requires: []) }\nextend type Person @pii(category: ADDRESS, fields: ["home"]) @pii(category: PHONE, fields: ["phone"])',
      'schema/unified.graphql:26:20  Found Person.home as ADDRESS, which is masked as null, but it is never null. Drop the "!" behind its type.',
    ],
    [
      'that is no text',
      'extend type Person @pii(category: NAME, fields: ["customer"])',
      'schema/unified.graphql:25:20  Found Person.customer as NAME, but only text can be masked as that. Mark the fields of StripeCustomer, or take another category.',
    ],
    [
      'in two categories',
      'extend type Person @pii(category: NAME, fields: ["email"])',
      'Found Person.email in two categories of personal data, EMAIL and NAME, expected one.',
    ],
  ])('%s is refused', async (_what, sdl, message) => {
    expect(await refusal(append(sdl))).toContain(message);
  });
});
