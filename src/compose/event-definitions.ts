/**
 * What every graph with events has, whatever its vendors: the interface, the field that shows all of them, and how the
 * composed schema says where an event's fields come from. `src/joins/event-*.ts` reads the directives.
 */

export const EVENT_DIRECTIVES = `
"Events of this vendor with these names are of this type; a trailing * stands for whatever follows."
directive @eventType(vendor: String!, types: [String!]!) on OBJECT

"An object of the vendor, read fresh by the id at this path of the event's payload."
directive @eventRead(operation: String!, argument: String!, id: String!) on FIELD_DEFINITION

"What this path of fields leads to, from the event on: invoice.account."
directive @eventJoin(path: String!) on FIELD_DEFINITION

"What stands at this path of the event's payload; an empty one is the whole of it."
directive @eventValue(path: String!) on FIELD_DEFINITION

"Names of changed fields: keys of an object, a list, or one name in the payload; \`types\`: event type and name."
directive @eventChanged(keys: String, list: String, value: String, types: [[String!]!]) on FIELD_DEFINITION
`;

/** The fields of `Event`, and so of each event type. */
export const EVENT_FIELDS = `
  "Stable and unique in this gateway; a replay has its own."
  id: ID!
  "Where the subscription stands behind this event: resume with \`after\`."
  cursor: String!
  vendor: Vendor!
  "The vendor's own name: invoice.paid."
  type: String!
  "By the vendor's clock; null where it does not tell."
  occurredAt: DateTime
  receivedAt: DateTime!
  "Repeated by an operator: its first delivery was another event."
  replayed: Boolean!
  "Names of what was taken from headers that the vendor does not sign: anybody could have changed them on the way."
  unsigned: [String!]!`;

/** Names no event map may give again. */
export const EVENT_FIELD_NAMES = [...EVENT_FIELDS.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name);

export const START_ARGUMENTS = `
    "Resume behind this cursor."
    after: String
    "Without a cursor: everything that is kept, or only what comes from now on, which is usual."
    from: EventStart
    "A name under which the gateway keeps your place: move it with ackEvents."
    consumer: String`;

export function eventBase(vendors: readonly string[]): string {
  return `
scalar DateTime

"Something that happened at a vendor, as its webhook told us."
interface Event @scope(requires: ["events:read"]) {${EVENT_FIELDS}
}

"An event that no event map describes."
type OtherEvent implements Event @scope(requires: ["events:read"]) {${EVENT_FIELDS}
}

enum Vendor {
  ${vendors.join('\n  ')}
}

enum EventStart {
  EARLIEST
  LATEST
}

"Where a named consumer stands now."
type AckedEvents @scope(requires: ["events:read"]) {
  consumer: String!
  cursor: String!
}

type Subscription {
  "Every event the caller may see, in the order of arrival. What it may not see is passed over."
  events(
    vendors: [Vendor!]
    "The vendors' own names; a trailing * stands for whatever follows."
    types: [String!]${START_ARGUMENTS}
  ): Event! @scope(requires: ["events:read"])
}

type Mutation {
  "Everything up to this event is dealt with: the consumer's next subscription starts behind it. Never moves back."
  ackEvents(consumer: String!, cursor: String!): AckedEvents! @scope(requires: ["events:read"]) @cost(calls: 0)
}
`;
}
