import { readFileSync } from 'node:fs';
import { buildASTSchema, buildSchema, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type AccessRules, readAccessRules } from '../../src/rules/access-rules.ts';

const SDL = `
  directive @scope(requires: [String!]!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
  directive @pii(category: PiiCategory!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION
  enum PiiCategory { EMAIL NAME }
  type Query {
    contact: Contact @scope(requires: ["hubspot:read"])
    contacts: [Contact!]! @scope(requires: ["hubspot:read"])
    anything: Anything @scope(requires: ["hubspot:read", "stripe:read"])
    named: Named @scope(requires: "stripe:read")
    version: String @scope(requires: [])
  }
  interface Named @scope(requires: ["pii:read"]) { name: String }
  type Contact implements Named @scope(requires: ["crm:read"]) {
    name: String @scope(requires: ["pii:read"]) @scope(requires: ["a:read", "b:read"]) @pii(category: NAME)
    id: ID
    friend: Contact
  }
  union Anything = Contact
`;

function rulesOf(sdl: string): AccessRules {
  return readAccessRules(buildSchema(sdl));
}

describe('the rule of a field', () => {
  const rules = rulesOf(SDL);

  it('is its own, its type’s and that of what it returns, each once', () => {
    expect(rules.of('Query', 'contact')).toEqual([['hubspot:read'], ['crm:read']]);
    expect(rules.of('Query', 'contacts')).toEqual([['hubspot:read'], ['crm:read']]);
    expect(rules.of('Query', 'named')).toEqual([['stripe:read'], ['pii:read']]);
    expect(rules.of('Contact', 'name')).toEqual([['pii:read'], ['a:read', 'b:read'], ['crm:read']]);
    expect(rules.of('Contact', 'friend')).toEqual([['crm:read']]);
  });

  it('takes nothing from a union, whose members have rules of their own', () => {
    expect(rules.of('Query', 'anything')).toEqual([['hubspot:read', 'stripe:read']]);
  });

  it('asks for nothing where the list is empty, and for introspection', () => {
    expect(rules.of('Query', 'version')).toEqual([]);
    expect(rules.of('Query', '__schema')).toEqual([]);
    expect(rules.of('Contact', '__typename')).toEqual([]);
    expect(rules.of('__Type', 'fields')).toEqual([]);
  });

  it('says what an object of a type has cost already', () => {
    expect(rules.ofType('Contact')).toEqual([['crm:read']]);
    expect(rules.ofType('Query')).toEqual([]);
  });

  it('knows personal data by field', () => {
    expect(rules.personalData('Contact', 'name')).toBe('NAME');
    expect(rules.personalData('Contact', 'id')).toBeUndefined();
  });

  it('is not guessed for a field that does not exist', () => {
    expect(() => rules.of('Contact', 'salary')).toThrow(/no field Contact\.salary/);
    expect(() => rules.of('Nobody', 'name')).toThrow(TypeError);
  });

  it('counts on an extension that nobody folded', () => {
    const extended = rulesOf(`${SDL} extend type Contact @scope(requires: ["extra:read"])`);
    expect(extended.of('Contact', 'id')).toEqual([['crm:read'], ['extra:read']]);
  });
});

describe('a schema that does not say it all', () => {
  it('is refused with every field that has no rule', () => {
    const sdl = SDL.replace('@scope(requires: ["crm:read"])', '').replace(' @scope(requires: [])', '');
    expect(() => rulesOf(sdl)).toThrow('No @scope says who may see Query.version, Contact.id, Contact.friend.');
  });

  it('is refused when the composer has not put its rules where they count', () => {
    const sdl = SDL.replace('@scope(requires: ["crm:read"])', '@scope(requires: ["crm:read"], fields: ["id"])');
    expect(() => rulesOf(sdl)).toThrow(/still names fields/);
  });

  it('is refused when a rule is no list of scopes', () => {
    const sdl = SDL.replace('"crm:read"', '4711');
    const schema = buildASTSchema(parse(sdl), { assumeValid: true, assumeValidSDL: true });
    expect(() => readAccessRules(schema)).toThrow(/@scope of Contact/);
  });
});

describe('the reference graph', () => {
  const sdl = readFileSync(new URL('../../schema/composed.graphql', import.meta.url), 'utf8');
  const schema = buildASTSchema(parse(sdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true });
  const rules = readAccessRules(schema);

  it('asks for a scope on every field of Query and Mutation', () => {
    for (const root of [schema.getQueryType(), schema.getMutationType()])
      for (const name of Object.keys(root?.getFields() ?? {})) expect(rules.of(root?.name ?? '', name)).not.toEqual([]);
  });

  it('asks for the vendor’s read scope on whatever a vendor’s type holds', () => {
    for (const type of Object.values(schema.getTypeMap())) {
      const [, vendor] = /^(Hubspot|Stripe|Zendesk|Slack|Resend|Pdl|Calcom|Bamboohr)[A-Z]/.exec(type.name) ?? [];
      if (vendor === undefined || !isObjectType(type)) continue;
      const own = vendor.toLowerCase();
      for (const name of Object.keys(type.getFields()))
        expect(
          rules.of(type.name, name).some((clause) => clause.length === 1 && clause[0]?.startsWith(`${own}:`)),
          `${type.name}.${name}`,
        ).toBe(true);
    }
  });

  it('asks for a write scope, and for no other vendor, on every mutation of a vendor', () => {
    expect(rules.of('Mutation', 'ackEvents')).toEqual([['events:read']]);
    for (const name of Object.keys(schema.getMutationType()?.getFields() ?? {})) {
      if (name === 'ackEvents') continue;
      const vendor = /^[a-z]+/.exec(name)?.[0];
      const [own, ...others] = rules.of('Mutation', name);
      expect(own).toEqual([`${vendor}:write`]);
      expect(others.flat().filter((scope) => !scope.startsWith(`${vendor}:`))).toEqual([]);
    }
  });

  it('asks for the write scope on what only writes answer with', () => {
    expect(rules.of('ResendSentEmail', 'id')).toEqual([['resend:write']]);
    expect(rules.of('Mutation', 'resendSendEmail')).toEqual([['resend:write']]);
  });

  it('masks a person’s address and name', () => {
    expect(rules.personalData('Person', 'email')).toBe('EMAIL');
    expect(rules.personalData('Person', 'name')).toBe('NAME');
  });
});
