/**
 * Random documents over everything the schema has, whether or not the world's oracle knows it: any root field of a vendor,
 * any field below, fragments that are reused, fields selected twice, conditions, one response name for different fields of
 * a union's members, introspection beside data.
 */
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { createRandom, type Random } from '../../../src/sandbox/random.ts';
import type { World } from '../../../src/sandbox/world.ts';
import { writeArguments } from './write-arguments.ts';

/** Links on the longest way from the root. */
const DEPTH = 6;
const MOST_ROOTS = 4;

/** A document of that seed; a mutation where it is asked for one. */
export type WriteDocument = (seed: number, operation?: 'query' | 'mutation') => string;

/** `mayBeAsked`: of root fields, by their names. */
export function createSchemaQueries(
  schema: GraphQLSchema,
  world: World,
  mayBeAsked: (field: string) => boolean,
): WriteDocument {
  const roots = rootArguments(world);
  const writes = writeArguments(world);
  const query = schema.getQueryType();
  const askable = Object.values(query?.getFields() ?? {}).filter(
    (field) => mayBeAsked(field.name) && (roots[field.name] !== undefined || !field.args.some(isRequiredArgument)),
  );
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const writable = Object.keys(writes).flatMap((name) => mutations[name] ?? []);
  return (seed, operation = 'query') => {
    const random = createRandom(seed, 'documents');
    const fragments = new Map<string, { type: string; text: string }>();
    let names = 0;

    const writeField = (parent: string, field: GraphQLField<unknown, unknown>, depth: number): string => {
      const type = getNamedType(field.type);
      const isRoot = parent === 'Query' || parent === 'Mutation';
      const root = isRoot ? { ...roots, ...writes }[field.name] : undefined;
      const given = [...(root ? [root(random)] : []), ...pageOf(field, random)].filter((text) => text !== '');
      names += 1;
      const alias = given.length > 0 || isRoot ? `a${names}: ` : random.chance(0.1) ? `x_${field.name}: ` : '';
      const head = `${alias}${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''}${conditionOf(random)}`;
      return isCompositeType(type) ? `${head} ${writeSet(type.name, depth - 1)}` : head;
    };

    const writeSet = (name: string, depth: number): string => {
      const type = schema.getType(name);
      if (isUnionType(type)) return writeUnion(type.getTypes(), depth);
      if (!isObjectType(type)) return '{ __typename }';
      const fields = Object.values(type.getFields());
      const links = fields.filter((field) => isCompositeType(getNamedType(field.type)));
      const leaves = fields.filter((field) => !links.includes(field));
      const parts = Array.from({ length: random.int(1, 4) }, () => {
        const isLink = depth > 0 && links.length > 0 && (leaves.length === 0 || random.chance(0.4));
        if (isLink) return writeField(name, random.pick(links), depth);
        if (depth > 0 && random.chance(0.15)) return writeFragment(name, depth);
        return leaves.length === 0 ? '__typename' : writeField(name, random.pick(leaves), depth);
      });
      if (random.chance(0.1)) parts.push(random.pick(parts));
      return `{ ${parts.join(' ')} }`;
    };

    const writeFragment = (type: string, depth: number): string => {
      const known = [...fragments].filter(([, fragment]) => fragment.type === type).map(([name]) => name);
      if (known.length > 0 && random.chance(0.5)) return `...${random.pick(known)}`;
      const text = writeSet(type, depth - 1);
      if (random.chance(0.5)) return `... ${random.chance(0.5) ? `on ${type} ` : ''}${text}`;
      names += 1;
      fragments.set(`F${names}`, { type, text });
      return `...F${names}`;
    };

    /** Members' fields go by names of their own, but for one that all of them share and one that might be taken for a type. */
    const writeUnion = (members: readonly GraphQLObjectType[], depth: number): string => {
      const parts = members.map((member) => {
        const fields = Object.values(member.getFields());
        const texts = fields.filter((field) => String(field.type) === 'String' && field.args.length === 0);
        const own = Array.from({ length: random.int(1, 3) }, () => {
          const field = random.pick(fields.filter(({ args }) => args.length === 0));
          const type = getNamedType(field.type);
          const below = isCompositeType(type) ? ` ${writeSet(type.name, Math.min(depth - 1, 1))}` : '';
          return `${member.name}_${field.name}: ${field.name}${below}`;
        });
        return `... on ${member.name} { same: ${random.pick(texts).name} vg__type: id ${own.join(' ')} }`;
      });
      return `{ __typename ${parts.join(' ')} }`;
    };

    const isQuery = operation === 'query';
    const picked = random.sample(isQuery ? askable : writable, random.int(1, isQuery ? MOST_ROOTS : 2));
    // The only one that leads to a union by itself.
    const search = askable.find(({ name }) => name === 'zendeskSearch');
    if (isQuery && search && random.chance(0.1)) picked.push(search);
    const body = picked.map((field) => writeField(isQuery ? 'Query' : 'Mutation', field, DEPTH));
    if (random.chance(0.05)) body.push('__typename');
    return [
      `${operation} { ${body.join('\n  ')} }`,
      ...[...fragments].map(([name, { type, text }]) => `fragment ${name} on ${type} ${text}`),
    ].join('\n');
  };
}

function pageOf({ args, type }: GraphQLField<unknown, unknown>, random: Random): string[] {
  if (!args.some(({ name }) => name === 'first')) return [];
  const isList = isListType(isNonNullType(type) ? type.ofType : type);
  return isList ? [] : [`first: ${random.int(1, 2)}`];
}

function conditionOf(random: Random): string {
  if (!random.chance(0.06)) return '';
  return ` @${random.pick(['skip', 'include'])}(if: ${random.pick(['true', 'false'])})`;
}

/** Of root fields that ask for something: mostly something the world has. */
function rootArguments(world: World): Readonly<Record<string, (random: Random) => string>> {
  const { people, companies, deals, owners, tickets, subscriptions, invoices, charges, emails, bookings, channels } =
    world;
  const text = (value: unknown) => JSON.stringify(String(value));
  const one =
    <Row>(rows: readonly Row[], name: string, read: (row: Row) => unknown) =>
    (random: Random) =>
      `${name}: ${text(read(random.pick(rows)))}`;
  const known = <Row>(rows: readonly Row[], read: (row: Row) => unknown): Row[] =>
    rows.filter((row) => read(row) !== undefined && read(row) !== null);
  const id = <Row>(rows: readonly Row[], read: (row: Row) => unknown) => one(known(rows, read), 'id', read);
  const channel = one(
    channels.filter(({ isPrivate }) => !isPrivate),
    'channel',
    (row) => row.id,
  );
  const batch = (kind: string, ids: readonly unknown[]) => (random: Random) =>
    `input: { inputs: [${random.sample(ids, 3).map((one) => `{ id: ${text(one)} }`)}], properties: [${kind}] }`;
  const contacts = people.flatMap(({ ids }) => ids.hubspot ?? []);
  const firms = companies.flatMap(({ ids }) => ids.hubspot ?? []);
  const search = (random: Random) =>
    `input: { query: ${text(random.pick(people).lastName)}, properties: ["email", "phone"] }`;
  return {
    person: one(people, 'email', ({ email }) => email),
    account: one(companies, 'domain', ({ domain }) => domain),
    hubspotContact: id(people, ({ ids }) => ids.hubspot),
    hubspotCompany: id(companies, ({ ids }) => ids.hubspot),
    hubspotDeal: id(deals, (row) => row.id),
    hubspotOwner: id(owners, ({ hubspotId }) => hubspotId),
    hubspotSearchContacts: search,
    hubspotSearchCompanies: (random) => `input: { query: ${text(random.pick(companies).domain)} }`,
    hubspotBatchReadContacts: batch('"email", "firstname"', contacts),
    hubspotBatchReadCompanies: batch('"name", "phone"', firms),
    hubspotBatchReadDeals: batch(
      '"amount"',
      deals.map((row) => row.id),
    ),
    stripeCustomer: id(companies, ({ ids }) => ids.stripe),
    stripeSearchCustomers: (random) => `query: ${text(`email:'${random.pick(companies).domain}'`)}`,
    stripeSubscription: id(subscriptions, (row) => row.id),
    stripeInvoice: id(invoices, (row) => row.id),
    stripeCharge: id(charges, (row) => row.id),
    zendeskTicket: id(tickets, (row) => row.id),
    zendeskTicketComments: id(tickets, (row) => row.id),
    zendeskShowManyTickets: (random) => `ids: [${random.sample(tickets, 3).map((row) => text(row.id))}]`,
    zendeskUser: id(people, ({ ids }) => ids.zendesk),
    zendeskRequestedTickets: id(people, ({ ids }) => ids.zendesk),
    zendeskOrganization: id(companies, ({ ids }) => ids.zendesk),
    zendeskOrganizationTickets: id(companies, ({ ids }) => ids.zendesk),
    zendeskSearch: one(people, 'query', ({ lastName }) => lastName),
    slackUser: id(people, ({ ids }) => ids.slack),
    slackUserByEmail: one(people, 'email', ({ email }) => email),
    slackConversation: one(channels, 'id', (row) => row.id),
    slackConversationHistory: channel,
    slackConversationMembers: channel,
    resendEmail: id(emails, (row) => row.id),
    resendContact: id(people, ({ ids }) => ids.resend),
    pdlEnrichPerson: one(people, 'email', ({ email }) => email),
    pdlEnrichPeople: (random) =>
      `input: { requests: [${random.sample(people, 2).map(({ email }) => `{ params: { email: ${text(email)} } }`)}] }`,
    pdlEnrichCompany: one(companies, 'website', ({ domain }) => domain),
    calcomBooking: id(bookings, ({ uid }) => uid),
    bamboohrEmployee: one(['1', '2', '3', '110', '120'], 'id', (row) => row),
    bamboohrTimeOffRequests: () => 'start: "2026-01-01", end: "2026-12-31"',
  };
}
