/** The directives with which SDL files say who may see what and what it costs: the same in every graph folder. */
import { type DocumentNode, parse } from 'graphql';
import { PII_CATEGORIES } from '../config/pii-category.ts';

export const ACCESS_DEFINITIONS: DocumentNode = parse(
  `
"""
Scopes a caller needs: any one of \`requires\`; several @scope on one thing must all hold. On a type it goes for each of its
fields, with \`fields\` for those only. An empty list: every caller we know.
"""
directive @scope(requires: [String!]!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION

"Personal data: masked for callers without pii:read."
directive @pii(category: PiiCategory!, fields: [String!]) repeatable on OBJECT | INTERFACE | FIELD_DEFINITION

"""
What a field costs in vendor calls: \`calls\` for each chunk of \`batch\` objects it is asked of, or as many as the vendor
operation \`read\` needs for them.
"""
directive @cost(calls: Int = 1, batch: Int = 1, read: String, fields: [String!]) repeatable on OBJECT | FIELD_DEFINITION

enum PiiCategory {
  ${PII_CATEGORIES.join('\n  ')}
}
`,
  { noLocation: true },
);
