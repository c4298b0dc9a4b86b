/** HubSpot's objects hold the properties that were asked for and no others; a write answers with little more than it wrote. */
import { type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql';
import type { KeyedRead, KeyedReads } from './keyed-read.ts';

export interface HubspotRow {
  id: string;
  archived?: boolean | null;
  /** Null: has no value. Absent: was not asked for. */
  properties?: Readonly<Record<string, string | null | undefined>>;
}

/** The row if it tells `property`, else the same object read anew, by id. */
export async function telling<Row extends HubspotRow>(
  row: Row,
  property: string,
  byId: KeyedRead<Row>,
  reads: KeyedReads,
): Promise<Row> {
  return row.properties?.[property] === undefined ? ((await reads.load(byId, row.id)) ?? row) : row;
}

/** Whether the row, the parent of a resolver's field, can stand for one read by a key: live, with every property the graph has. */
export function isWhole({ archived, properties = {} }: HubspotRow, { parentType }: GraphQLResolveInfo): boolean {
  const field = parentType.getFields()['properties'];
  const type = field && getNamedType(field.type);
  return (
    !archived && isObjectType(type) && Object.keys(type.getFields()).every((name) => Object.hasOwn(properties, name))
  );
}

/** The keyed read of an object's id: HubSpot's batch read takes a hundred. `operation` is its root field. */
export function hubspotById<Row extends HubspotRow>(what: string, operation: string): KeyedRead<Row> {
  return {
    name: `HubSpot ${what} by id`,
    chunk: 100,
    async read(ids, { call }) {
      const input = { inputs: ids.map((id) => ({ id })) };
      // The answer's shape is the contract in sources/hubspot/openapi.yaml.
      return (await call(operation, { input }, ids.length)) as Row[];
    },
    keysOf: ({ id }) => [id],
  };
}
