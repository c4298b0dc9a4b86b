/** The SDL beside the log answers with the mapping beside it: asked by graphql itself. */
import { readFileSync } from 'node:fs';
import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type AuditEventsArgs, auditEventPageOf, auditQueryOf } from '../../src/audit/audit-events.ts';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { AUDIT_KINDS, AUDIT_OUTCOMES, type AuditEntry } from '../../src/audit/entry.ts';
import { createConnection } from '../../src/rest/connection.ts';
import { makeDataFolder } from './log-under-test.ts';

const schema = buildSchema(`
  directive @scope(requires: [String!]!) on OBJECT | FIELD_DEFINITION
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  ${readFileSync(new URL('../../src/audit/audit.graphql', import.meta.url), 'utf8')}
`);

const ALL = `seq time requestId kind principal client clientKind onBehalfOf reason transport operationName operationType
  operationHash variables fields { sensitivity coordinates } vendors { vendor calls } outcome codes cost { estimated actual }`;

async function ask(log: AuditLog, args: string, selection = `nodes { ${ALL} }`) {
  const { data, errors } = await graphql({
    schema,
    source: `{ auditEvents${args} { ${selection} } }`,
    rootValue: {
      auditEvents: (given: AuditEventsArgs) =>
        createConnection(async () => auditEventPageOf(await log.read(auditQueryOf(given)))),
    },
  });
  expect(errors?.map(({ message }) => message)).toBeUndefined();
  // Plain objects compare with plain objects.
  return JSON.parse(JSON.stringify(data?.['auditEvents']));
}

const FULL: Required<AuditEntry> = {
  requestId: 'r1',
  kind: 'write-closed',
  principal: 'jwt:console:7',
  client: 'console',
  clientKind: 'frontend',
  onBehalfOf: '7',
  reason: 'support case 12',
  transport: 'ws',
  operationName: 'Refund',
  operationType: 'mutation',
  operationHash: 'ab'.repeat(32),
  variables: { id: 'in_1' },
  fields: { EMAIL: ['Person.email', 'StripeCustomer.email'] },
  vendors: { stripe: 2 },
  outcome: 'partial',
  codes: ['VENDOR_TIMEOUT'],
  cost: { estimated: 3, actual: 2 },
};
const LEAST: AuditEntry = {
  requestId: 'r2',
  kind: 'refused',
  principal: 'key:vg',
  client: 'agent',
  clientKind: 'agent',
  transport: 'mcp',
  outcome: 'refused',
};

describe('auditEvents', () => {
  it('answers with everything an entry holds', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ now: () => Date.UTC(2026, 0, 1) });
    await log.commit(FULL);
    expect((await ask(log, '')).nodes).toEqual([
      {
        ...FULL,
        seq: 1,
        time: '2026-01-01T00:00:00.000Z',
        kind: 'WRITE_CLOSED',
        outcome: 'PARTIAL',
        variables: '{"id":"in_1"}',
        fields: [{ sensitivity: 'EMAIL', coordinates: ['Person.email', 'StripeCustomer.email'] }],
        vendors: [{ vendor: 'stripe', calls: 2 }],
      },
    ]);
  });

  it('answers null and empty lists for what an entry does not hold', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await log.commit(LEAST);
    const [node] = (await ask(log, '')).nodes;
    expect(node).toMatchObject({
      kind: 'REFUSED',
      reason: null,
      variables: null,
      cost: null,
      fields: [],
      vendors: [],
      codes: [],
    });
  });

  it('has a name for every kind and outcome', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    for (const kind of AUDIT_KINDS) await log.commit({ ...LEAST, kind });
    for (const outcome of AUDIT_OUTCOMES) await log.commit({ ...LEAST, outcome });
    const { nodes } = await ask(log, '(first: 100)', 'nodes { kind outcome }');
    expect(new Set(nodes.map(({ kind }: { kind: string }) => kind)).size).toBe(AUDIT_KINDS.length);
    expect(new Set(nodes.map(({ outcome }: { outcome: string }) => outcome)).size).toBe(AUDIT_OUTCOMES.length);
  });

  it('takes filters and cursors', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open({ now: () => Date.UTC(2026, 0, 1) });
    for (const requestId of ['r1', 'r2', 'r3']) await log.commit({ ...FULL, requestId });
    await log.commit(LEAST);
    const filter =
      '{ kind: WRITE_CLOSED, outcome: PARTIAL, client: "console", vendor: "stripe", principal: "jwt:console:7", from: "2026-01-01", to: "2026-01-02" }';
    const selection = 'edges { cursor node { requestId } } pageInfo { hasNextPage endCursor }';
    const page = await ask(log, `(first: 2, filter: ${filter})`, selection);
    expect(page.edges.map(({ node }: { node: { requestId: string } }) => node.requestId)).toEqual(['r3', 'r2']);
    expect(page.pageInfo).toEqual({ hasNextPage: true, endCursor: page.edges[1].cursor });
    const rest = await ask(log, `(first: 2, after: "${page.pageInfo.endCursor}", filter: ${filter})`, selection);
    expect(rest.edges.map(({ node }: { node: { requestId: string } }) => node.requestId)).toEqual(['r1']);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    expect((await ask(log, '(filter: { requestId: "none" })')).nodes).toEqual([]);
  });

  it('refuses a time that is none', () => {
    expect(() => auditQueryOf({ filter: { from: 'yesterday' } })).toThrow('"from" is not a time.');
  });
});
