/** Writes an event type of an event map: base fields, objects read fresh, their joins, values of the payload. */
import { type ConstDirectiveNode, print } from 'graphql';
import type { ChangedFieldsConfig, EventTypeConfig } from '../config/event-map.ts';
import { EVENT_FIELDS, START_ARGUMENTS } from './event-definitions.ts';
import type { EventPlan } from './event-plan.ts';
import { type EventLookup, type FollowedJoin, findRead, followJoin } from './event-reads.ts';
import { directivesNamed } from './fields-type.ts';
import { optional } from './type-node.ts';

/** SDL of the type and of its field of Subscription. `fields`: what it has beyond the base. */
export function writeEventType(plan: EventPlan, description: string, fields: readonly string[]): string {
  const { vendor, name, field, types } = plan;
  const scopes = `@scope(requires: ["events:read"]) @scope(requires: ["${vendor}:read"])`;
  return `
${quoted(description)}
type ${name} implements Event @eventType(vendor: ${quoted(vendor)}, types: ${quoted(types)}) ${scopes} {${EVENT_FIELDS}
  ${fields.join('\n  ')}
}

type Subscription {
  ${quoted(description)}
  ${field}(${START_ARGUMENTS}
  ): ${name}! ${scopes}
}
`;
}

export function describeTypes({ vendor, types }: EventPlan): string {
  return `Events of ${vendor}: ${types.join(', ')}.`;
}

/** What the map names; a join whose field this graph does not have is left out. The map has passed its check. */
export function mappedFields(plan: EventPlan, config: EventTypeConfig, lookup: EventLookup): string[] {
  return [
    ...objectIdField(config),
    ...(config.changed ? [changedField(config.changed)] : []),
    ...Object.keys(config.reads).flatMap((name) => readField(plan, config, name, lookup)),
    ...Object.entries(config.joins).flatMap(([name, path]) => joinField(plan, config, { name, path }, lookup)),
    ...Object.entries(config.values).map(([name, value]) => valueField(name, value)),
  ];
}

/** Tells whom an event is about while its vendor is down, and of what is gone. */
function objectIdField({ reads, joins, values }: EventTypeConfig): string[] {
  const [first] = Object.entries(reads);
  if (!first || OBJECT_ID in reads || OBJECT_ID in joins || OBJECT_ID in values) return [];
  const [name, { id }] = first;
  return [
    `${quoted(`The vendor's id of \`${name}\`, from the event itself.`)} ${OBJECT_ID}: ID @eventValue(path: ${quoted(id)})`,
  ];
}

const OBJECT_ID = 'objectId';

function changedField({ keys, list, value, types }: ChangedFieldsConfig): string {
  const named = Object.entries(types).flatMap(([type, names]) => names.map((name) => [type, name]));
  const given = [
    ...Object.entries({ keys, list, value }).flatMap(([name, path]) =>
      path === undefined ? [] : `${name}: ${quoted(path)}`,
    ),
    ...(named.length === 0 ? [] : [`types: ${quoted(named)}`]),
  ];
  const description = 'Names of the fields that changed, as the vendor calls them; none where it does not tell.';
  return `${quoted(description)} changedFields: [String!]! @eventChanged(${given.join(', ')})`;
}

function readField({ vendor, name: type }: EventPlan, { reads }: EventTypeConfig, name: string, lookup: EventLookup) {
  const read = reads[name];
  const found = read && findRead(lookup, vendor, read);
  if (!found || 'problem' in found) return [];
  const { operation, row } = found;
  const where = `operation: ${quoted(operation)}, argument: ${quoted(read.argument)}, id: ${quoted(read.id)}`;
  const description = 'As it is now; null when it is gone.';
  return [`${quoted(description)} ${name}: ${row} @eventRead(${where}) ${readCost(type, name)}`];
}

/** What hangs on an object of the event needs the same read. */
function readCost(type: string, read: string): string {
  return `@cost(read: ${quoted(`${type}.${read}`)})`;
}

function joinField(
  { vendor, name: type }: EventPlan,
  { reads }: EventTypeConfig,
  { name, path }: { name: string; path: string },
  lookup: EventLookup,
): string[] {
  const [first = '', ...rest] = path.split('.');
  const read = reads[first];
  const found = read && findRead(lookup, vendor, read);
  if (!found || 'problem' in found) return [];
  const followed = followJoin(lookup, found.row, rest);
  const last = 'steps' in followed ? followed.steps.at(-1) : undefined;
  if (!('steps' in followed) || !last) return [];
  const args = last.arguments?.length ? `(${last.arguments.map((one) => print(one)).join(' ')})` : '';
  const description = last.description ? `${quoted(last.description.value)} ` : '';
  const directives = [`@eventJoin(path: ${quoted(path)})`, readCost(type, first), ...inherited(followed)];
  return [`${description}${name}${args}: ${print(optional(last.type))} ${directives.join(' ')}`];
}

/** Who may see it, and what it costs, is what goes for every field on the way; it is personal data when any of them is. */
function inherited({ steps, owners }: FollowedJoin): string[] {
  const named = (name: string): ConstDirectiveNode[] => steps.flatMap((step) => directivesNamed(step, name));
  const scopes = [...owners.flatMap((owner) => directivesNamed(owner, 'scope')), ...named('scope')];
  return [...new Set([...scopes, ...named('cost'), ...named('pii').slice(-1)].map((directive) => print(directive)))];
}

function valueField(name: string, { path, type, pii, description }: EventTypeConfig['values'][string]): string {
  const mark = pii === undefined ? '' : ` @pii(category: ${pii.toUpperCase()})`;
  const text = description === undefined ? '' : `${quoted(description)} `;
  return `${text}${name}: ${type} @eventValue(path: ${quoted(path)})${mark}`;
}

/** GraphQL takes JSON's strings and lists. */
export function quoted(value: unknown): string {
  return JSON.stringify(value);
}
