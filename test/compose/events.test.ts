/** Event types of composed graphs: what an event map, a webhook and an OpenAPI file make of a graph. */
import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  execute,
  type GraphQLObjectType,
  type GraphQLSchema,
  parse,
  print,
  validateSchema,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { compileCost } from '../../src/graph/cost.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { attachEventTypes } from '../../src/joins/event-fields.ts';
import { readEventTypes } from '../../src/joins/event-types.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { readAccessRules } from '../../src/rules/access-rules.ts';
import { loggedEvent } from '../joins/emitted-events.ts';
import { copyGraph, type GraphCopy } from './graph-copy.ts';

const VENDOR = 'sources/stripe/vendor.yaml';
const ZENDESK_VENDOR = 'sources/zendesk/vendor.yaml';
const OPENAPI = 'sources/stripe/openapi.yaml';

const MAP = `
events:
  InvoiceEvent:
    description: Something about an invoice.
    field: invoiceEvents
    types: ['invoice.*']
    reads:
      invoice: { operation: invoice, id: data.object.id }
    values:
      note: { path: data.note, pii: content }
      tries: { path: data.tries, type: Int }
    changed: { keys: data.previous }
`;

function append(graph: GraphCopy, file: string, text: string): void {
  graph.write(file, graph.read(file) + text);
}

async function composed(graph: GraphCopy): Promise<{ text: string; schema: GraphQLSchema }> {
  const { code, lines } = await graph.compose();
  if (code !== 0) throw new Error(lines.join('\n'));
  const text = graph.read('schema/composed.graphql');
  return { text, schema: buildASTSchema(parse(text)) };
}

async function composedWith(file: string, text: string) {
  using graph = copyGraph();
  append(graph, file, text);
  return await composed(graph);
}

/** `name(arguments): type @directives` as printed, without descriptions. */
function field(schema: GraphQLSchema, type: string, name: string): string {
  const node = (schema.getType(type) as GraphQLObjectType | undefined)?.getFields()[name]?.astNode;
  if (!node) return `no ${type}.${name}`;
  const plain = visit(node, {
    FieldDefinition: ({ description: _description, ...rest }) => rest,
    InputValueDefinition: ({ description: _description, ...rest }) => rest,
  });
  return print(plain).replaceAll(/\s+/g, ' ');
}

function typeNames(schema: GraphQLSchema): string[] {
  return Object.keys(schema.getTypeMap());
}

describe('a graph', () => {
  it('that is sent nothing has no Subscription, and nothing else of events', async () => {
    using graph = copyGraph();
    const { schema } = await composed(graph);
    expect(schema.getSubscriptionType()).toBeUndefined();
    expect(typeNames(schema)).not.toEqual(expect.arrayContaining(['Event']));
    expect(field(schema, 'Mutation', 'ackEvents')).toBe('no Mutation.ackEvents');
  });

  it('with a webhook and no map shows its events as they come, of all its vendors’ names', async () => {
    const webhook = 'webhook: { scheme: stripe, secret: secret://env/STRIPE_WEBHOOK_SECRET, type: type, id: id }\n';
    const { schema } = await composedWith(VENDOR, webhook);
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toEqual(['events']);
    expect(field(schema, 'Subscription', 'events')).toBe(
      'events(vendors: [Vendor!], types: [String!], after: String, from: EventStart, consumer: String): Event! @scope(requires: ["events:read"])',
    );
    expect(field(schema, 'Mutation', 'ackEvents')).toBe(
      'ackEvents(consumer: String!, cursor: String!): AckedEvents! @scope(requires: ["events:read"]) @cost(calls: 0)',
    );
    const types = readEventTypes(schema);
    expect(types.vendors).toEqual(['stripe', 'zendesk']);
    expect(types.typeOf('stripe', 'invoice.paid')).toBe('OtherEvent');
  });
});

describe('an event map', () => {
  it('makes a type with what it reads, takes and tells, and a field of Subscription', async () => {
    const { schema } = await composedWith(VENDOR, MAP);
    expect(validateSchema(schema)).toEqual([]);
    expect(field(schema, 'Subscription', 'invoiceEvents')).toBe(
      'invoiceEvents(after: String, from: EventStart, consumer: String): StripeInvoiceEvent! @scope(requires: ["events:read"]) @scope(requires: ["stripe:read"])',
    );
    const type = schema.getType('StripeInvoiceEvent') as GraphQLObjectType;
    expect(type.getInterfaces().map(String)).toEqual(['Event']);
    expect(type.astNode?.description?.value).toBe('Something about an invoice.');
    expect(String(type.getFields()['invoice']?.type)).toBe('StripeInvoice');
    expect(field(schema, 'StripeInvoiceEvent', 'note')).toContain('note: String @eventValue');
    expect(field(schema, 'StripeInvoiceEvent', 'note')).toContain('@pii(category: CONTENT)');
    expect(field(schema, 'StripeInvoiceEvent', 'tries')).toContain('tries: Int');
    expect(String(type.getFields()['changedFields']?.type)).toBe('[String!]!');
  });

  it('asks for events:read and the vendor’s scope for every field of its type', async () => {
    const { schema } = await composedWith(VENDOR, MAP);
    const rules = readAccessRules(schema);
    for (const name of ['id', 'cursor', 'note', 'invoice'])
      expect(rules.of('StripeInvoiceEvent', name)).toEqual([['events:read'], ['stripe:read']]);
    expect(rules.of('Subscription', 'invoiceEvents')).toEqual([['events:read'], ['stripe:read']]);
    expect(rules.of('Subscription', 'events')).toEqual([['events:read']]);
    expect(rules.of('OtherEvent', 'type')).toEqual([['events:read']]);
    expect(rules.of('Mutation', 'ackEvents')).toEqual([['events:read']]);
  });

  it('lets an SDL file of the folder add fields to its types', async () => {
    using graph = copyGraph();
    append(graph, VENDOR, MAP);
    append(graph, 'schema/unified.graphql', '\nextend type StripeInvoiceEvent { shout: String }\n');
    const { schema } = await composed(graph);
    expect(field(schema, 'StripeInvoiceEvent', 'shout')).toBe('shout: String');
  });

  it('gives the event a join of its object, with that field’s rules; one the folder does not have is left out', async () => {
    using graph = copyGraph();
    append(
      graph,
      ZENDESK_VENDOR,
      `
events:
  TicketEvent:
    field: ticketEvents
    types: [ticket.created]
    reads: { ticket: { operation: ticket, id: detail.id } }
    joins: { requester: ticket.requester, who: ticket.requester.email, account: ticket.account }
`,
    );
    const { schema } = await composed(graph);
    const type = schema.getType('ZendeskTicketEvent') as GraphQLObjectType;
    expect(String(type.getFields()['requester']?.type)).toBe('Person');
    expect(type.getFields()['requester']?.astNode?.description?.value).toBe(
      "Null when nobody has the requester's address.",
    );
    expect(type.getFields()['account']).toBeUndefined();
    const rules = readAccessRules(schema);
    expect(String(type.getFields()['who']?.type)).toBe('String');
    expect(rules.of('ZendeskTicketEvent', 'who')).toContainEqual(['stripe:read', 'zendesk:read']);
    expect(rules.personalData('ZendeskTicketEvent', 'who')).toBe('EMAIL');
  });

  it('names the first of the types an event belongs to, by name or by what it begins with', async () => {
    using graph = copyGraph();
    append(graph, VENDOR, MAP);
    append(graph, ZENDESK_VENDOR, '\nevents:\n  TicketEvent: { field: ticketEvents, types: [invoice.paid, ticket] }\n');
    const types = readEventTypes((await composed(graph)).schema);
    expect(types.vendors).toEqual(['stripe', 'zendesk']);
    const named = [
      ['stripe', 'invoice.paid'],
      ['stripe', 'invoice.'],
      ['stripe', 'invoice'],
      ['zendesk', 'invoice.paid'],
      ['zendesk', 'ticket'],
      ['zendesk', 'ticket.created'],
    ].map(([vendor = '', type = '']) => types.typeOf(vendor, type));
    expect(named).toEqual([
      'StripeInvoiceEvent',
      'StripeInvoiceEvent',
      'OtherEvent',
      'ZendeskTicketEvent',
      'ZendeskTicketEvent',
      'OtherEvent',
    ]);
    expect(types.filterOf('invoiceEvents')).toEqual([{ vendor: 'stripe', types: ['invoice.*'] }]);
    expect(types.filterOf('ticketEvents')).toEqual([{ vendor: 'zendesk', types: ['invoice.paid', 'ticket'] }]);
    expect(types.filterOf('events')).toBeUndefined();
    expect(types.filterOf('constructor')).toBeUndefined();
  });
});

interface Mistake {
  what: string;
  /** In the map above. */
  from: string;
  to: string;
  message: string;
}

const MISTAKES: Mistake[] = [
  {
    what: 'an operation that does not exist',
    from: 'operation: invoice,',
    to: 'operation: invoicce,',
    message: 'stripe InvoiceEvent: Found operation "invoicce", expected one that reads (perhaps invoice or invoices).',
  },
  {
    what: 'an operation that writes',
    from: 'operation: invoice,',
    to: 'operation: createCustomer,',
    message: 'Found operation "createCustomer", expected one that reads',
  },
  {
    what: 'an operation that takes no such argument',
    from: 'operation: invoice,',
    to: 'operation: invoice, argument: invoice,',
    message: 'Found argument "invoice" of invoice, expected one of id.',
  },
  {
    what: 'an operation that needs more than an id',
    from: 'operation: invoice,',
    to: 'operation: subscriptions, argument: first,',
    message: 'Found operation "subscriptions", which needs "plan" too, expected one argument.',
  },
  {
    what: 'a path that is none',
    from: 'id: data.object.id',
    to: 'id: data..id',
    message:
      'Found "data..id" in "events.InvoiceEvent.reads.invoice.id", expected a dotted path into the payload such as data.object.id.',
  },
  {
    what: 'a join of something that is not read',
    from: '    values:',
    to: '    joins: { account: invoce.account }\n    values:',
    message: 'Found "invoce.account", but "reads" has no "invoce" (perhaps invoice).',
  },
  {
    what: 'a join that nothing has',
    from: '    values:',
    to: '    joins: { total: invoice.amont }\n    values:',
    message: 'Found "invoice.amont", but StripeInvoice has no field "amont"',
  },
  {
    what: 'a field that every event has',
    from: 'note: {',
    to: 'cursor: {',
    message: 'Found field "cursor" a second time, expected another name.',
  },
  {
    what: 'a name twice',
    from: 'note: {',
    to: 'invoice: {',
    message: 'Found field "invoice" a second time, expected another name.',
  },
  {
    what: 'a name that GraphQL cannot spell',
    from: 'note: {',
    to: 'the-note: {',
    message: 'Found field "the-note", expected letters and digits in camelCase.',
  },
  {
    what: 'a type that is not called an event',
    from: 'InvoiceEvent:',
    to: 'Invoice:',
    message: 'Found type "Invoice", expected a name such as InvoiceEvent.',
  },
  {
    what: 'a field of Subscription that is not called events',
    from: 'field: invoiceEvents',
    to: 'field: invoices',
    message: 'Found "invoices" in "events.InvoiceEvent.field", expected a name such as invoiceEvents.',
  },
  {
    what: 'a name that is too long',
    from: 'InvoiceEvent:',
    to: 'InvoiceThatNobodyWouldEverWantToReadEvent:',
    message: 'expected at most 40.',
  },
  {
    what: 'events that two types cover',
    from: 'events:',
    to: 'events:\n  PaidEvent: { field: paidEvents, types: [invoice.paid] }',
    message: 'Found "invoice.*", which "invoice.paid" of StripePaidEvent covers too, expected each event in one type.',
  },
  {
    what: 'a field of Subscription given twice',
    from: 'events:',
    to: 'events:\n  PaidEvent: { field: invoiceEvents, types: [paid] }',
    message: 'Found field "invoiceEvents", which StripePaidEvent has already, expected each once.',
  },
  {
    what: 'a type’s name with a star in its middle',
    from: "'invoice.*'",
    to: "'in*ice'",
    message: 'expected a name of the vendor’s such as invoice.paid, or invoice.*.',
  },
];

describe('a wrong event map', () => {
  it.each(MISTAKES)('fails the build at its line: $what', async ({ from, to, message }) => {
    using graph = copyGraph();
    if (!MAP.includes(from)) throw new Error(`The map does not hold ${from}.`);
    append(
      graph,
      VENDOR,
      MAP.replace(from, () => to),
    );
    const { code, lines } = await graph.compose();
    const said = lines.filter((line) => !line.startsWith('  '));
    expect(code).toBe(1);
    expect(said.join('\n')).toContain(message);
    expect(said[0]).toMatch(/^sources\/stripe\/vendor\.yaml:\d+:\d+ {2}/);
  });

  it('fails the build when two vendors want one field', async () => {
    using graph = copyGraph();
    append(graph, VENDOR, MAP);
    append(graph, ZENDESK_VENDOR, '\nevents:\n  BillEvent: { field: invoiceEvents, types: [bill] }\n');
    const { lines } = await graph.compose();
    expect(lines.join('\n')).toContain(
      'zendesk BillEvent: Found field "invoiceEvents", which StripeInvoiceEvent has already, expected each once.',
    );
  });
});

const WEBHOOKS = `
webhooks:
  order.created:
    post:
      summary: An order came in.
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
      responses: { '200': { description: Taken. } }
  invoice.paid:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Invoice' } } } }
      responses: { '200': { description: Taken. } }
  ping:
    post:
      responses: { '200': { description: Taken. } }
`;

const ORDER = `
    Order:
      title: Order
      type: object
      required: [id]
      properties:
        id: { type: [integer, 'null'] }
        placed-at: { type: string, format: date-time }
        total: { type: integer, format: int64 }
        buyer:
          title: Buyer
          type: object
          properties: { name: { type: string }, vip: { type: boolean } }
        lines: { type: array, items: { $ref: '#/components/schemas/OrderLine' } }
        extra: { type: object, additionalProperties: true }
    OrderLine:
      title: OrderLine
      type: object
      properties: { price: { type: number }, order: { $ref: '#/components/schemas/Order' } }
`;

function describeWebhooks(graph: GraphCopy): void {
  append(graph, OPENAPI, WEBHOOKS);
  graph.edit(OPENAPI, 'openapi: 3.0.3', 'openapi: 3.1.0');
  graph.edit(OPENAPI, '\n  schemas:\n', `\n  schemas:${ORDER}`);
}

describe('an OpenAPI file that says what its vendor sends', () => {
  it('gives an event type for each webhook by itself, with what it carries', async () => {
    using graph = copyGraph();
    describeWebhooks(graph);
    const { schema } = await composed(graph);
    expect(validateSchema(schema)).toEqual([]);
    const fields = Object.keys(schema.getSubscriptionType()?.getFields() ?? {});
    expect(fields).toEqual(['events', 'stripeOrderCreatedEvents', 'stripeInvoicePaidEvents', 'stripePingEvents']);
    expect(field(schema, 'Subscription', 'stripeOrderCreatedEvents')).toContain('): StripeOrderCreatedEvent! @scope');
    const carried = (type: string) => field(schema, type, 'payload').split(' @')[0];
    expect(carried('StripeOrderCreatedEvent')).toBe('payload: StripeOrder');
    expect(carried('StripeInvoicePaidEvent')).toBe('payload: StripeInvoice');
    expect(carried('StripePingEvent')).toBe('payload: JSON');
    const order = schema.getType('StripeOrder') as GraphQLObjectType;
    expect(Object.values(order.getFields()).map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'id: ID',
      'placed_at: DateTime',
      'total: BigInt',
      'buyer: StripeBuyer',
      'lines: [StripeOrderLine]',
      'extra: JSON',
    ]);
    expect(readEventTypes(schema).typeOf('stripe', 'order.created')).toBe('StripeOrderCreatedEvent');
  });

  it('guards and masks what they carry like the rest of the vendor', async () => {
    using graph = copyGraph();
    describeWebhooks(graph);
    append(graph, VENDOR, 'personalData: { Buyer: { name: name } }\n');
    const rules = readAccessRules((await composed(graph)).schema);
    expect(rules.of('StripeBuyer', 'vip')).toEqual([['stripe:read']]);
    expect(rules.personalData('StripeBuyer', 'name')).toBe('NAME');
  });

  it('answers with what was sent, whatever of it is there', async () => {
    using graph = copyGraph();
    describeWebhooks(graph);
    const { schema } = createGraph((await composed(graph)).text, JOINS);
    attachEventTypes(schema);
    const sent = '{"id": 7, "placed-at": "2026-11-02T09:00:00Z", "total": 9007199254740993, "buyer": {"name": "Ada"}}';
    const row = readEventTypes(schema).rowOf(loggedEvent('stripe', 'order.created', sent), 'c1');
    const document = parse(
      'subscription { events { ... on StripeOrderCreatedEvent { type payload { id placed_at total buyer { name } lines { price } } } } }',
    );
    const contextValue = { principal: { scopes: new Set(['events:read', 'stripe:read']) } };
    expect(await execute({ schema, document, rootValue: { events: row }, contextValue })).toEqual({
      data: {
        events: {
          type: 'order.created',
          payload: {
            id: '7',
            placed_at: '2026-11-02T09:00:00Z',
            total: '9007199254740993',
            buyer: { name: 'Ada' },
            lines: null,
          },
        },
      },
    });
  });

  it('leaves to the event map what that covers', async () => {
    using graph = copyGraph();
    describeWebhooks(graph);
    append(graph, VENDOR, MAP);
    const { schema } = await composed(graph);
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toEqual([
      'events',
      'invoiceEvents',
      'stripeOrderCreatedEvents',
      'stripePingEvents',
    ]);
  });

  it('gives one for each callback of an operation, and none of Mesh’s own subscriptions', async () => {
    using graph = copyGraph();
    graph.edit(
      OPENAPI,
      '      operationId: invoice\n',
      `      operationId: invoice
      callbacks:
        settled:
          '{$request.body#/url}':
            post:
              requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Invoice' } } } }
              responses: { '200': { description: Taken. } }
        shared: { $ref: '#/components/callbacks/Shared' }
`,
    );
    graph.edit(
      OPENAPI,
      '\ncomponents:\n',
      `
components:
  callbacks:
    Shared:
      '{$request.body#/url}':
        post:
          requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Invoice' } } } }
          responses: { '200': { description: Taken. } }
`,
    );
    const { schema } = await composed(graph);
    expect(Object.keys(schema.getSubscriptionType()?.getFields() ?? {})).toEqual([
      'events',
      'stripeSettledEvents',
      'stripeSharedEvents',
    ]);
  });
});

describe('the reference graph', () => {
  const schema = buildASTSchema(
    parse(readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8')),
    { assumeValidSDL: true },
  );

  it('has the contract’s fields', () => {
    const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
    expect(fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'events: Event!',
      'contactEvents: HubspotContactEvent!',
      'dealEvents: HubspotDealEvent!',
      'invoiceEvents: StripeInvoiceEvent!',
      'subscriptionEvents: StripeSubscriptionEvent!',
      'ticketEvents: ZendeskTicketEvent!',
      'messageEvents: SlackMessageEvent!',
      'emailEvents: ResendEmailEvent!',
      'bookingEvents: CalcomBookingEvent!',
      'employeeEvents: BamboohrEmployeeEvent!',
    ]);
  });

  it('says what an event’s fields cost: nothing of the payload, one call for an object and all that hangs on it', () => {
    const cost = (selection: string) =>
      compileCost(schema, parse(`subscription { invoiceEvents { ${selection} } }`))({});
    expect(cost('id type changedFields')).toBe(0);
    expect(cost('invoice { id }')).toBe(1);
    expect(cost('invoice { id } account { domain }')).toBe(cost('account { domain }'));
    expect(cost('account { domain }')).toBe(cost('invoice { account { domain } }'));
    expect(cost('account { tickets { nodes { id } } }')).toBeGreaterThan(cost('account { domain }'));
  });
});
