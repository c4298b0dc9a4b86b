/** The three questions, and how one is put to a peer: root fields have names of their own in some, the answers have not. */
import { CUSTOMERS } from './rows.ts';

export const QUESTIONS = ['20 rows', '100 rows', 'one read'] as const;
export type Question = (typeof QUESTIONS)[number];

/** What a peer calls its two root fields, `tickets(limit, offset)` and `customer(id)`, and the type of that id. */
export interface RootFields {
  tickets: string;
  customer: string;
  id: 'ID' | 'String';
}

/** Different enough that no answer repeats the one before, the document always the same: what a cache of documents is for. */
const BODIES = 16;

export function bodiesOf(question: Question, fields: RootFields): readonly string[] {
  return Array.from({ length: BODIES }, (_, index) => JSON.stringify(requestOf(question, fields, index)));
}

function requestOf(question: Question, { tickets, customer, id }: RootFields, index: number) {
  if (question === 'one read') {
    const query = `query Read($id: ${id}!) { customer: ${customer}(id: $id) { id name email plan } }`;
    return { operationName: 'Read', query, variables: { id: CUSTOMERS[index * 7]?.id } };
  }
  const query = `query Joined($limit: Int!, $offset: Int!) {
  tickets: ${tickets}(limit: $limit, offset: $offset) { id subject status priority customer { id name email plan } }
}`;
  const limit = question === '20 rows' ? 20 : 100;
  return { operationName: 'Joined', query, variables: { limit, offset: index * 50 } };
}
