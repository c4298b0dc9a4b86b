import { readFileSync } from 'node:fs';
import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { blameFor } from '../../src/graph/blame.ts';
import { readOperations } from '../../src/rest/operation.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8'));
const operations = readOperations(schema);
const blame = (query: string, path: (string | number)[]) =>
  blameFor(path, { schema, operations, document: parse(query) });

describe('blame', () => {
  it('falls on the root operation of a vendor', () => {
    expect(blame('{ a: stripeInvoices(first: 1) { nodes { id } } }', ['a', 'nodes', 0, 'id'])).toEqual({
      vendor: 'stripe',
      operation: 'stripeInvoices',
    });
  });

  it('follows joins to the vendor whose type the value belongs to', () => {
    const query =
      'query Q { person(email: "a@b.io") { tickets { nodes { ...T } } name } } fragment T on ZendeskTicket { s: status account { company { id } } }';
    expect(blame(query, ['person', 'tickets', 'nodes', 0, 's'])).toEqual({ vendor: 'zendesk' });
    expect(blame(query, ['person', 'tickets', 'nodes', 0, 'account', 'company', 'id'])).toEqual({ vendor: 'hubspot' });
    expect(blame(query, ['person', 'name'])).toBeUndefined();
  });

  it('tells members of a union apart', () => {
    const query =
      '{ zendeskSearch(query: "x") { nodes { ... on ZendeskTicket { subject } ... on ZendeskUser { name } } } }';
    expect(blame(query, ['zendeskSearch', 'nodes', 3, 'name'])).toEqual({
      vendor: 'zendesk',
      operation: 'zendeskSearch',
    });
  });
});
