import { describe, expect, it } from 'vitest';
import { copyGraph, type GraphCopy } from './graph-copy.ts';

const MESH = '.meshrc.yaml';
const STRIPE = 'sources/stripe/openapi.yaml';
const ZENDESK = 'sources/zendesk/openapi.yaml';
const VENDOR = 'sources/stripe/vendor.yaml';
const ZENDESK_VENDOR = 'sources/zendesk/vendor.yaml';
const SDL = 'schema/unified.graphql';

/** What is done to a good graph folder, and the one line a person then reads. */
interface Mistake {
  what: string;
  make(graph: GraphCopy): void;
  message: string;
}

function edit(what: string, file: string, from: string, to: string, message: string): Mistake {
  return { what, make: (graph) => graph.edit(file, from, to), message };
}

const LONG = 'averyLongOperationIdThatNobodyWouldRead';

const MISTAKES: Mistake[] = [
  // .meshrc.yaml
  {
    what: 'a missing .meshrc.yaml',
    make: (graph) => graph.remove(MESH),
    message: '.meshrc.yaml  Found no such file. Create it, or correct the path that names it.',
  },
  edit(
    'YAML that cannot be read',
    MESH,
    'merger: bare',
    'merger: [bare',
    '.meshrc.yaml:22:1  Found YAML that cannot be read: ',
  ),
  edit(
    'an unknown key',
    MESH,
    'merger: bare',
    'merger: bare\nplugins: []',
    '.meshrc.yaml:22:1  Found unknown key "plugins". Remove it or correct its name.',
  ),
  edit(
    'an unknown key of a source',
    MESH,
    'ignoreErrorResponses: true',
    'ignoreErrorResponses: true\n        timeout: 3',
    '.meshrc.yaml:9:9  Found unknown key "timeout" in "sources.0.handler.openapi". Remove it or correct its name.',
  ),
  edit(
    'another merger',
    MESH,
    'merger: bare',
    'merger: stitching',
    '.meshrc.yaml:21:1  Found "stitching" in "merger", expected bare.',
  ),
  edit('no merger', MESH, 'merger: bare', '', '.meshrc.yaml:2:1  Found no "merger", expected bare.'),
  edit(
    'an environment value',
    MESH,
    'https://api.stripe.com',
    '"{env.STRIPE_URL}"',
    '.meshrc.yaml:7:9  Found "{env.STRIPE_URL}", expected a plain value. Secrets belong in vendor.yaml as secret://env/NAME.',
  ),
  edit(
    'no endpoint',
    MESH,
    '        endpoint: https://api.stripe.com\n',
    '',
    '.meshrc.yaml:5:7  Found no "sources.0.handler.openapi.endpoint", expected a string.',
  ),
  edit(
    'an endpoint on another host',
    MESH,
    'https://api.stripe.com',
    'https://api.strlpe.com',
    ".meshrc.yaml:7:9  stripe: Found endpoint https://api.strlpe.com, expected the host of vendor.yaml's endpoint https://api.stripe.com. Credentials go to that host only: make the two agree.",
  ),
  edit(
    'an endpoint without TLS',
    MESH,
    'https://api.stripe.com',
    'http://api.stripe.com',
    '.meshrc.yaml:7:9  Found "http://api.stripe.com" in "sources.0.handler.openapi.endpoint", expected a URL that begins with https://.',
  ),
  edit(
    'a source that is a URL',
    MESH,
    './sources/stripe/openapi.yaml',
    'https://example.com/openapi.yaml',
    '.meshrc.yaml:6:9  Found "https://example.com/openapi.yaml" in "sources.0.handler.openapi.source", expected a path below this folder, not a URL.',
  ),
  edit(
    'a secret in the endpoint, without repeating it',
    MESH,
    'https://api.stripe.com',
    'https://sk_live_4711@api.stripe.com',
    '.meshrc.yaml:7:9  Found something else in "sources.0.handler.openapi.endpoint", expected a URL without user or query: secrets belong in vendor.yaml as secret://env/NAME.',
  ),
  edit(
    'one vendor twice',
    MESH,
    'name: zendesk',
    'name: stripe',
    '.meshrc.yaml:11:5  Found source "stripe" a second time, expected each vendor once. Remove one of the two.',
  ),
  edit(
    'no transform',
    MESH,
    'transforms:\n      - vendor: ./sources/stripe/vendor.yaml',
    '',
    '.meshrc.yaml:3:5  Found no "sources.0.transforms", expected a list of one entry.',
  ),
  edit(
    'a transform of Mesh',
    MESH,
    '- vendor: ./sources/stripe/vendor.yaml',
    '- prefix: { value: Stripe }',
    '.meshrc.yaml:10:9  Found no "sources.0.transforms.0.vendor", expected a string.',
  ),
  {
    what: 'a missing source file',
    make: (graph) => graph.remove(STRIPE),
    message: ".meshrc.yaml:6:9  stripe: Found no file sources/stripe/openapi.yaml, expected the vendor's OpenAPI file.",
  },
  {
    what: 'a missing vendor.yaml',
    make: (graph) => graph.remove(VENDOR),
    message: 'sources/stripe/vendor.yaml  Found no such file. Create it, or correct the path that names it.',
  },

  // vendor.yaml
  edit(
    'a vendor.yaml of another vendor',
    VENDOR,
    'vendor: stripe',
    'vendor: slack',
    'sources/stripe/vendor.yaml:1:1  Found vendor "slack", expected "stripe", the source\'s name in .meshrc.yaml.',
  ),
  edit(
    'an unknown key of vendor.yaml',
    VENDOR,
    'title: Stripe',
    'titel: Stripe',
    'sources/stripe/vendor.yaml:2:1  Found unknown key "titel". Remove it or correct its name.',
  ),
  edit(
    'a secret in vendor.yaml, without repeating it',
    VENDOR,
    'secret://env/STRIPE_SECRET_KEY',
    'sk_live_4711',
    'sources/stripe/vendor.yaml:5:23  Found something else in "auth.token", expected secret://env/NAME or secret://file/PATH, never the secret itself.',
  ),
  edit(
    'an unknown operation',
    VENDOR,
    '  invoice: {',
    '  Invoice: {',
    'sources/stripe/vendor.yaml:13:3  stripe: Found operation "Invoice", expected an operationId of openapi.yaml (perhaps invoice).',
  ),
  edit(
    'an unknown paging style',
    VENDOR,
    'paging: list,',
    'paging: lists,',
    'sources/stripe/vendor.yaml:14:15  stripe invoices: Found paging style "lists", expected one of list, after. Define it under "paging".',
  ),
  edit(
    'paging without items',
    VENDOR,
    'paging: list, items: data',
    'paging: list',
    'sources/stripe/vendor.yaml:14:15  stripe invoices: Found paging without items, expected "items": where the answer holds the rows.',
  ),
  edit(
    'items without paging',
    VENDOR,
    'paging: list, items: data',
    'items: data',
    'sources/stripe/vendor.yaml:14:15  stripe invoices: Found items without paging, expected "paging": the style. For what a read returns, use "result".',
  ),
  edit(
    'an unknown path',
    VENDOR,
    'paging: list, items: data',
    'paging: list, items: rows',
    'sources/stripe/vendor.yaml:14:29  stripe invoices: Found path "rows" whose "rows" openapi.yaml does not know, expected one of data, has_more.',
  ),
  edit(
    'an unknown path of a style',
    ZENDESK_VENDOR,
    'more: meta.has_more',
    'more: meta.hasMore',
    'sources/zendesk/vendor.yaml:13:14  zendesk tickets: Found path "meta.hasMore" whose "hasMore" openapi.yaml does not know, expected one of has_more, after_cursor.',
  ),
  edit(
    'an unknown result',
    ZENDESK_VENDOR,
    'ticket: { result: ticket }',
    'ticket: { result: ticket.subject.x }',
    'sources/zendesk/vendor.yaml:14:13  zendesk ticket: Found path "ticket.subject.x" whose "x" openapi.yaml does not know, expected no more steps there.',
  ),
  edit(
    'an unknown argument of rename',
    VENDOR,
    'rename: { id: source }',
    'rename: { ident: source }',
    'sources/stripe/vendor.yaml:15:31  stripe customerSource: Found argument "ident", expected one of customer, id.',
  ),
  edit(
    'an unknown argument of paging',
    VENDOR,
    'size: limit',
    'size: per_page',
    'sources/stripe/vendor.yaml:14:15  stripe invoices: Found style "list" with argument "per_page", expected one of limit, starting_after, status, created, expand, ids[].',
  ),
  edit(
    'an unknown argument of sparse',
    ZENDESK_VENDOR,
    'argument: properties',
    'argument: props',
    'sources/zendesk/vendor.yaml:16:75  zendesk searchTickets: Found argument "props", expected one of query, limit, after, properties.',
  ),
  edit(
    'two arguments of one name',
    VENDOR,
    'rename: { id: source }',
    'rename: { id: customer }',
    'sources/stripe/vendor.yaml:15:3  stripe customerSource: Found two arguments "customer", expected each once. Give the parameter "id" a name under "rename".',
  ),
  edit(
    'an unknown type with personal data',
    VENDOR,
    'operations:',
    'personalData: { Costumer: { email: email } }\noperations:',
    'sources/stripe/vendor.yaml:11:17  stripe: Found type "Costumer", expected an object type of the graph, without prefix (perhaps Customer',
  ),
  edit(
    'an unknown field with personal data',
    VENDOR,
    'operations:',
    'personalData: { Customer: { mail: email } }\noperations:',
    'sources/stripe/vendor.yaml:11:29  stripe: Found field "mail", which Customer does not have (perhaps email).',
  ),
  edit(
    'an unknown category of personal data',
    VENDOR,
    'operations:',
    'personalData: { Customer: { email: mail } }\noperations:',
    'sources/stripe/vendor.yaml:11:29  Found "mail" in "personalData.Customer.email", expected one of name, email, phone, ',
  ),

  // openapi.yaml
  edit(
    'Swagger 2',
    STRIPE,
    'openapi: 3.0.3',
    "swagger: '2.0'",
    'sources/stripe/openapi.yaml:1:1  Found no "openapi", expected OpenAPI 3, such as openapi: 3.0.3.',
  ),
  edit(
    'another OpenAPI',
    STRIPE,
    'openapi: 3.0.3',
    'openapi: 2.0.0',
    'sources/stripe/openapi.yaml:1:1  Found "2.0.0" in "openapi", expected OpenAPI 3, such as openapi: 3.0.3.',
  ),
  edit(
    'a $ref to nothing',
    STRIPE,
    "'#/components/schemas/InvoiceList'",
    "'#/components/schemas/Invoices'",
    'sources/stripe/openapi.yaml:25:25  Found $ref "#/components/schemas/Invoices", expected it to lead somewhere. Correct it, or add what it names.',
  ),
  edit(
    'a $ref to another file',
    STRIPE,
    "'#/components/schemas/InvoiceList'",
    "'https://example.com/x.yaml#/Invoices'",
    'sources/stripe/openapi.yaml:25:25  Found $ref "https://example.com/x.yaml#/Invoices", expected one inside this file: #/components/….',
  ),
  edit(
    'a missing operationId',
    STRIPE,
    '      operationId: invoices\n',
    '',
    'sources/stripe/openapi.yaml:7:5  Found no operationId on GET /v1/invoices, expected a name such as listContacts.',
  ),
  edit(
    'an operationId twice',
    STRIPE,
    'operationId: invoice\n',
    'operationId: invoices\n',
    'sources/stripe/openapi.yaml:28:7  Found operationId "invoices" on GET /v1/invoices/{invoice} too, expected it once: GET /v1/invoices has it.',
  ),
  edit(
    'an operationId that GraphQL cannot spell',
    STRIPE,
    'operationId: createCustomer',
    'operationId: create-customer',
    'sources/stripe/openapi.yaml:81:7  Found operationId "create-customer", expected letters and digits in camelCase.',
  ),
  edit(
    'an object without title',
    STRIPE,
    '      title: RangeFilter\n',
    '',
    "sources/stripe/openapi.yaml:100:5  Found an object without title, expected one: it becomes the type's name.",
  ),
  edit(
    'an enum without title',
    STRIPE,
    '      title: InvoiceStatus\n',
    '',
    "sources/stripe/openapi.yaml:96:5  Found an enum without title, expected one: it becomes the type's name.",
  ),
  edit(
    'a title twice',
    STRIPE,
    'title: RangeFilter',
    'title: InvoiceStatus',
    'sources/stripe/openapi.yaml:101:7  Found title "InvoiceStatus" a second time (first in line 96), expected each once. Share it by $ref.',
  ),
  edit(
    'a title that is no type name',
    STRIPE,
    'title: RangeFilter',
    'title: range_filter',
    'sources/stripe/openapi.yaml:101:7  Found title "range_filter", expected letters and digits in PascalCase: it becomes the type\'s name.',
  ),
  edit(
    'a title that Mesh reserves',
    STRIPE,
    'title: RangeFilter',
    'title: Query',
    'sources/stripe/openapi.yaml:101:7  Found title "Query", expected another: Mesh means something of its own by it.',
  ),
  edit(
    'oneOf in a request body',
    STRIPE,
    "address: { $ref: '#/components/schemas/AddressInput' }",
    'address: { title: Either, oneOf: [{ type: string }, { type: integer }] }',
    'sources/stripe/openapi.yaml:210:35  createCustomer: Found oneOf in a request body, expected one object with optional fields.',
  ),
  edit(
    'explode on a deepObject parameter',
    STRIPE,
    'style: deepObject\n',
    'style: deepObject\n          explode: true\n',
    'sources/stripe/openapi.yaml:17:11  invoices: Found explode on the deepObject parameter "created", expected none. Remove explode.',
  ),
  edit(
    'an operationId too long with its prefix',
    STRIPE,
    'operationId: customer\n',
    `operationId: ${LONG}\n`,
    'sources/stripe/openapi.yaml:40:7  stripe: Found the name stripeAveryLongOperationIdThatNobodyWouldRead (45 characters), expected at most 40. Shorten the operationId.',
  ),
  edit(
    'a title too long with its prefix',
    STRIPE,
    'title: InvoiceLine',
    'title: InvoiceLineWithAVeryLongNameForPeople',
    'sources/stripe/openapi.yaml:171:7  stripe: Found the name StripeInvoiceLineWithAVeryLongNameForPeople (43 characters), expected at most 40. Shorten the title.',
  ),
  edit(
    'a row whose connection’s name is too long',
    STRIPE,
    'title: Invoice\n',
    'title: InvoiceWithAVeryLongTitle\n',
    'sources/stripe/openapi.yaml:114:7  stripe: Found the name StripeInvoiceWithAVeryLongTitleConnection (41 characters), expected at most 40. Shorten the title.',
  ),
  edit(
    'two schemas that become one type',
    ZENDESK,
    'title: CustomField\n',
    'title: TicketCreateInput\n',
    'sources/zendesk/openapi.yaml:115:7  zendesk: Found two types that become ZendeskTicketCreateInput, expected one.',
  ),
  edit(
    'what only Mesh notices',
    STRIPE,
    'starting_after, in: query, schema: { type: string }',
    'starting_after, in: query, schema: { type: string, default: {} }',
    'sources/stripe/openapi.yaml  stripe: Mesh could not compile this file: String cannot represent value: {}',
  ),

  // SDL
  edit(
    'a missing SDL file',
    MESH,
    './schema/unified.graphql',
    './schema/unifed.graphql',
    '.meshrc.yaml:20:5  Found no file schema/unifed.graphql, expected an SDL file.',
  ),
  edit(
    'an SDL syntax error',
    SDL,
    'person(email: String!): Person',
    'person(email: String! Person',
    'schema/unified.graphql:3:1  Syntax Error: Expected ":", found "}".',
  ),
  edit(
    'an unknown type in SDL',
    SDL,
    'customer: StripeCustomer',
    'customer: StripeCustomr',
    'schema/unified.graphql:8:13  Unknown type "StripeCustomr". Did you mean "StripeCustomer"',
  ),
  edit(
    'an extension of an unknown type',
    SDL,
    'extend type ZendeskTicket',
    'extend type ZendeskTickets',
    'schema/unified.graphql:12:13  Cannot extend type "ZendeskTickets" because it is not defined.',
  ),
  edit(
    'a type that exists already',
    SDL,
    'type Person {',
    'type StripeCustomer { id: ID }\ntype Person {',
    'schema/unified.graphql:6:6  There can be only one type named "StripeCustomer".',
  ),
  edit(
    'a directive that names an unknown field',
    SDL,
    'extend type ZendeskTicket',
    'extend type ZendeskTicket @scope(requires: [], fields: ["id", "statuss"])',
    'schema/unified.graphql:12:27  Found field "statuss" in @scope, which ZendeskTicket does not have (perhaps status).',
  ),
  edit(
    'an interface not fulfilled',
    SDL,
    'type Person {',
    'interface Named { name: String! }\ntype Person implements Named {',
    'schema/unified.graphql:',
  ),
];

describe('compose names the file, the line and what to do about', () => {
  it.each(MISTAKES)('$what', async ({ make, message }) => {
    using graph = copyGraph();
    make(graph);
    const { code, lines } = await graph.compose();
    const said = lines.filter((line) => !line.startsWith('  '));
    expect(code).toBe(1);
    expect(said.join('\n')).toContain(message);
    expect(said.join('\n')).not.toMatch(/^\s+at .*:\d+/m);
    expect(said.join('\n')).not.toContain('sk_live_4711');
  });
});

it('reports the mistakes of several files at once', async () => {
  using graph = copyGraph();
  graph.edit(STRIPE, 'title: RangeFilter', 'title: Query');
  graph.edit(ZENDESK_VENDOR, 'argument: properties', 'argument: props');
  graph.edit(SDL, 'type Query {', 'type Query');
  const { lines } = await graph.compose();
  expect(lines.map((line) => line.split(':')[0])).toEqual([STRIPE, ZENDESK_VENDOR, SDL]);
});
