/** The object an event is about is the one with the event's id, whatever the vendor answers. */
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import type { BoundReader } from '../../src/joins/bound-reader.ts';
import { createEventReads } from '../../src/joins/event-reads.ts';
import type { JoinContext } from '../../src/joins/join.ts';
import { createKeyedReads } from '../../src/joins/keyed-read.ts';

const SCHEMA = buildSchema(`
  directive @paging on FIELD_DEFINITION
  type Query {
    hrEmployees(filter: [ID]): HrEmployeeConnection @paging
    hrEmployee(id: ID): HrEmployee
    booking(id: ID): Booking
    notes(ids: [ID]): NoteConnection @paging
    note(id: ID): Note
  }
  type HrEmployeeConnection { nodes: [HrEmployee] }
  type HrEmployee { employeeId: ID supervisorId: ID }
  type Booking { id: Int uid: String eventTypeId: Int }
  type NoteConnection { nodes: [Note] }
  type Note { text: String }
`);

/** `row`: what the vendor answers, whatever it is asked. */
function load(operation: string, argument: string, id: unknown, row: object): unknown {
  const reader = { call: async () => row, firstRow: async () => row } as Partial<BoundReader> as BoundReader;
  const context = { reads: createKeyedReads(reader) } as Partial<JoinContext> as JoinContext;
  return createEventReads(SCHEMA)(operation, argument)(id, context);
}

const STRANGER = { employeeId: '8', supervisorId: '7' };

it('is nobody where a list ignores the filter and begins with a stranger', async () => {
  expect(await load('hrEmployees', 'filter.0', '7', STRANGER)).toBeNull();
  expect(await load('hrEmployees', 'filter.0', '8', STRANGER)).toBe(STRANGER);
  expect(await load('hrEmployee', 'id', '7', STRANGER)).toBeNull();
});

it('may carry its id as a number, under the name its type has for it', async () => {
  const row = { employeeId: 8 };
  expect(await load('hrEmployees', 'filter.0', '8', row)).toBe(row);
  const booking = { id: 1, uid: 'b1', eventTypeId: 2 };
  expect(await load('booking', 'id', 'b1', booking)).toBe(booking);
  for (const other of ['b2', '2']) expect(await load('booking', 'id', other, booking)).toBeNull();
});

it('without any id is believed when it was read by one, and not when it comes from a list', async () => {
  const note = { text: 'Note' };
  expect(await load('note', 'id', '1', note)).toBe(note);
  expect(await load('notes', 'ids.0', '1', note)).toBeNull();
});
