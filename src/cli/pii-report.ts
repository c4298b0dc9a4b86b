/** Which client may read which kind of personal data, as the composed schema's rules and the clients' scopes say. */
import { type GraphQLSchema, isIntrospectionType, isObjectType } from 'graphql';
import type { Scope } from '../auth/principal.ts';
import { PII_CATEGORIES, type PiiCategory } from '../config/pii-category.ts';
import type { AccessRules } from '../rules/access-rules.ts';
import { holds, type ScopeRule } from '../rules/scope-rule.ts';

export interface Reader {
  client: string;
  scopes: ReadonlySet<Scope>;
}

/** Numbers of fields. */
export interface PiiAccess {
  client: string;
  category: PiiCategory;
  clear: number;
  masked: number;
  /** The client has not the scopes for them. */
  hidden: number;
}

/** One entry for each client and each category that the schema has. */
export function piiReport(schema: GraphQLSchema, rules: AccessRules, readers: readonly Reader[]): PiiAccess[] {
  const byCategory = rulesByCategory(schema, rules);
  return readers.flatMap((reader) =>
    PII_CATEGORIES.flatMap((category) => {
      const ofCategory = byCategory.get(category);
      return ofCategory === undefined ? [] : [accessOf(reader, category, ofCategory)];
    }),
  );
}

function accessOf({ client, scopes }: Reader, category: PiiCategory, rules: readonly ScopeRule[]): PiiAccess {
  const seen = rules.filter((rule) => holds(rule, scopes)).length;
  const isClear = scopes.has('pii:read');
  return { client, category, clear: isClear ? seen : 0, masked: isClear ? 0 : seen, hidden: rules.length - seen };
}

function rulesByCategory(schema: GraphQLSchema, rules: AccessRules): ReadonlyMap<PiiCategory, readonly ScopeRule[]> {
  const found = new Map<PiiCategory, ScopeRule[]>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.keys(type.getFields())) {
      const category = rules.personalData(type.name, field);
      if (category !== undefined) found.set(category, [...(found.get(category) ?? []), rules.of(type.name, field)]);
    }
  }
  return found;
}

const HEADINGS = ['client', 'category', 'in the clear', 'masked', 'hidden'];

/** Columns with a heading each; numbers are of fields. */
export function piiTable(report: readonly PiiAccess[]): string {
  const rows = report.map(({ client, category, clear, masked, hidden }) =>
    [client, category.toLowerCase(), clear, masked, hidden].map(String),
  );
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return [HEADINGS, ...rows].map((row) => line(row).join('  ').trimEnd()).join('\n');
}
