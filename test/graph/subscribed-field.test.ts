/** Which variables make a difference to the answers of a subscription: what differs in others is shared. */
import { buildSchema, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { subscribedField } from '../../src/graph/subscribed-field.ts';

const SCHEMA = buildSchema(`
  type Query { nothing: String }
  type Subscription { events(after: String, from: String, consumer: String, types: [String!]): Event }
  type Event { id: ID events(after: String): [Event] }
`);

it.each([
  ['subscription ($a: String, $f: String, $c: String) { events(after: $a, from: $f, consumer: $c) { id } }', []],
  ['subscription ($t: [String!]) { events(types: $t) { id } }', ['t']],
  ['subscription ($a: String, $i: Boolean!) { events(after: $a) { id @include(if: $i) } }', ['i']],
  ['subscription ($a: String) { events(after: $a) { events(after: $a) { id } } }', ['a']],
  [
    'subscription ($a: String) { ...Root } fragment Root on Subscription { events(after: $a) { ...E } } fragment E on Event { id }',
    [],
  ],
  ['subscription ($a: String) { events(after: $a) { ...E } } fragment E on Event { events(after: $a) { id } }', ['a']],
])('in %s', (text, names) => {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('There is one operation.');
  expect([...(subscribedField(SCHEMA, document, operation, { i: true })?.variables ?? [])]).toEqual(names);
});
