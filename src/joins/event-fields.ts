/** Puts resolvers behind the fields of event types, as the directives of the composed schema say. */
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { type DirectiveArguments, readDirective } from '../rest/directive.ts';
import { parseJsonPath, readJsonPath } from '../rest/json-path.ts';
import { changedFields } from './event-changes.ts';
import { createEventReads, type EventReads } from './event-reads.ts';
import type { EventRow } from './event-row.ts';
import type { JoinContext } from './join.ts';

/** Changes `schema` in place: before its locks are attached, after vendors' types are. Nothing to do without events. */
export function attachEventTypes(schema: GraphQLSchema): void {
  const event = schema.getType('Event');
  if (!isInterfaceType(event)) return;
  event.resolveType = (row: EventRow) => row.__typename;
  const reads = createEventReads(schema);
  for (const type of schema.getPossibleTypes(event)) {
    for (const field of Object.values(type.getFields())) {
      const resolve = resolverOf(field, reads);
      if (resolve) field.resolve = resolve;
    }
  }
}

type Resolver = (row: EventRow, args: unknown, context: JoinContext, info: GraphQLResolveInfo) => unknown;
type EventField = GraphQLField<unknown, unknown>;

const BASE: Readonly<Record<string, Resolver>> = {
  id: ({ event }) => event.id,
  cursor: ({ cursor }) => cursor,
  vendor: ({ event }) => event.vendor,
  type: ({ event }) => event.type,
  occurredAt: ({ event }) => instant(event.vendorTime),
  receivedAt: ({ event }) => instant(event.receivedAt),
  replayed: ({ event }) => event.replayOf !== null,
  unsigned: ({ event }) => event.unsigned,
};

/** A vendor may name a time that no calendar has. */
function instant(ms: number | null): string | null {
  const date = new Date(ms ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

const BY_DIRECTIVE: Readonly<Record<string, (given: DirectiveArguments, reads: EventReads) => Resolver>> = {
  eventRead: ({ operation, argument, id }, reads) => {
    const load = reads(String(operation), String(argument));
    const path = parseJsonPath(String(id));
    return (row, _args, context) => load(readJsonPath(row.payload(), path), context);
  },
  eventJoin: ({ path }) => {
    const steps = String(path).split('.');
    return (row, args, context, info) => follow(row, steps, { args, context, info });
  },
  eventValue: ({ path }) => {
    const steps = parseJsonPath(String(path));
    return (row) => readJsonPath(row.payload(), steps) ?? null;
  },
  eventChanged: (given) => {
    const read = changedFields(given);
    return (row) => read(row.event.type, row.payload());
  },
};

function resolverOf({ name, astNode }: EventField, reads: EventReads): Resolver | undefined {
  for (const [directive, make] of Object.entries(BY_DIRECTIVE)) {
    const given = readDirective(astNode, directive);
    if (given !== undefined) return make(given, reads);
  }
  return BASE[name];
}

interface Asked {
  args: unknown;
  context: JoinContext;
  info: GraphQLResolveInfo;
}

/** From field to field, each as if it had been selected; a step to nothing ends the way. */
async function follow(row: EventRow, steps: readonly string[], { args, context, info }: Asked): Promise<unknown> {
  let value: unknown = row;
  let type: GraphQLObjectType = info.parentType;
  for (const [index, step] of steps.entries()) {
    const field = type.getFields()[step];
    if (!field) throw new TypeError(`${type.name} has no field ${step}. Run npm run compose.`);
    const isLast = index === steps.length - 1;
    const resolve = field.resolve ?? defaultFieldResolver;
    value = await resolve(value, isLast ? args : {}, context, { ...info, parentType: type, fieldName: step });
    if (isLast || value === null || value === undefined) return value ?? null;
    const next = getNamedType(field.type);
    if (!isObjectType(next)) throw new TypeError(`Nothing leads on from ${type.name}.${step}. Run npm run compose.`);
    type = next;
  }
  return value;
}
