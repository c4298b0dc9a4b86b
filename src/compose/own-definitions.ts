/** What the composed schema says beyond Mesh's annotations; `src/rest/` reads these. */
import { type DocumentNode, parse } from 'graphql';

export const OWN_DEFINITIONS: DocumentNode = parse(
  `
"What the field returns lies at this dotted path of the vendor's answer."
directive @vendorResult(path: String!) on FIELD_DEFINITION

"How the vendor pages this list; the words are those of paging in vendor.yaml."
directive @paging(
  style: String!
  items: String!
  in: String!
  size: String!
  cursor: String
  offset: String
  unit: String
  first: Int
  id: String
  next: String
  more: String
  maxSize: Int!
  maxRows: Int
  order: String
  direction: String
) on FIELD_DEFINITION

"Unless the caller names fields in the argument, all of these are asked for."
directive @sparse(argument: String!, in: String!, separator: String, fields: [String!]!) on FIELD_DEFINITION

"The vendor takes an idempotency key in this header."
directive @idempotency(header: String!) on FIELD_DEFINITION

type PageInfo @scope(requires: []) {
  hasNextPage: Boolean!
  "Continues after the last row: after."
  endCursor: String
}
`,
  { noLocation: true },
);
