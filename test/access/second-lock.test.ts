/** The second lock on the reference graph, with nothing before it: its fields are asked directly, by a caller without a scope. */
import { readFileSync } from 'node:fs';
import { type GraphQLField, type GraphQLObjectType, type GraphQLResolveInfo, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal.ts';
import { GatewayError } from '../../src/errors.ts';
import type { GraphContext } from '../../src/graph/context.ts';
import { createGraph } from '../../src/graph/schema.ts';
import { JOINS } from '../../src/joins/joins.ts';
import { startGatewayUnderTest } from '../gateway-under-test.ts';

const { schema, rules } = createGraph(
  readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8'),
  JOINS,
);

/** Says what it is asked for, should anything get that far. */
function contextOf(scopes: readonly string[]): { context: GraphContext; touched: string[] } {
  const touched: string[] = [];
  const principal: Principal = { id: 'key:test', client: 'test', kind: 'app', scopes: new Set(scopes) };
  const context = new Proxy(
    { principal },
    {
      get(target, name) {
        // Shield keeps its own notes on the context.
        if (name === 'principal' || name === '_shield') return Reflect.get(target, name);
        touched.push(String(name));
        throw new Error(`A resolver was called: it asked for ${String(name)}.`);
      },
    },
  );
  // A resolver that is reached fails at once, whatever it wants of the context.
  return { context: context as unknown as GraphContext, touched };
}

async function ask(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>, scopes: readonly string[]) {
  const { context, touched } = contextOf(scopes);
  const info = { parentType: type, fieldName: field.name, schema } as GraphQLResolveInfo;
  const thrown = await Promise.resolve()
    .then(() => field.resolve?.({}, {}, context, info))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return { thrown, touched };
}

const roots = [schema.getQueryType(), schema.getMutationType()].filter((type) => isObjectType(type));
const rootFields = roots.flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));

describe('the second lock on the reference graph', () => {
  it('refuses every read and every write to a caller without scopes, and calls none of their resolvers', async () => {
    const guarded = rootFields.filter(({ type, field }) => rules.of(type.name, field.name).length > 0);
    expect(guarded.length).toBeGreaterThan(80);
    for (const { type, field } of guarded) {
      const { thrown, touched } = await ask(type, field, []);
      expect(thrown, `${type.name}.${field.name}`).toMatchObject({ code: 'SCOPE_MISSING' });
      expect(thrown).toBeInstanceOf(GatewayError);
      expect(touched).toEqual([]);
    }
  });

  it('refuses every write to a caller with all read scopes', async () => {
    const reads = [...new Set(rootFields.flatMap(({ type, field }) => rules.of(type.name, field.name).flat()))].filter(
      (scope) => scope.endsWith(':read'),
    );
    // Acknowledging moves a caller's own place in the events it may read: no vendor is written to.
    const writes = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
      ({ name }) => name !== 'ackEvents',
    );
    const mutation = schema.getMutationType();
    if (!mutation) throw new TypeError('The reference graph has writes.');
    for (const field of writes) {
      const { thrown } = await ask(mutation, field, reads);
      expect(thrown, field.name).toMatchObject({ code: 'SCOPE_MISSING' });
    }
  });

  it('refuses what a link from one system leads to in another', async () => {
    const links = [
      'contact',
      'customer',
      'requester',
      'tickets',
      'slackUser',
      'emails',
      'bookings',
      'employee',
      'profile',
    ];
    const person = schema.getType('Person');
    if (!isObjectType(person)) throw new TypeError('The reference graph has people.');
    for (const name of links) {
      const field = person.getFields()[name];
      if (!field) throw new RangeError(name);
      const { thrown, touched } = await ask(person, field, ['admin:read']);
      expect(thrown, name).toMatchObject({ code: 'SCOPE_MISSING' });
      expect(touched).toEqual([]);
    }
  });
});

describe('a mutation of which one field is beyond its caller', () => {
  it('does none of it, whichever comes first', async () => {
    await using gateway = await startGatewayUnderTest();
    const allowed = 'post: slackPostMessage(input: { channel: "C1", text: "x" }) { ts }';
    const refused = 'refund: stripeCreateRefund(input: { charge: "ch_1" }) { id }';
    for (const body of [`${allowed} ${refused}`, `${refused} ${allowed}`, `${allowed} ...R`]) {
      const fragment = body.includes('...R') ? `fragment R on Mutation { ... { ${refused} } }` : '';
      const { status, data, errors } = await gateway.ask(`mutation { ${body} } ${fragment}`, { key: 'vg_demo_app' });
      expect([status, data]).toEqual([403, null]);
      expect(errors.map(({ extensions }) => extensions['scopes'])).toEqual([['stripe:write']]);
    }
    expect(await gateway.calls()).toEqual({});
  });
});
