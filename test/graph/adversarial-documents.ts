/** Documents meant to cost more than they look, each in any size: `make(n)` repeats its trick n times. */
export interface AdversarialDocument {
  name: string;
  make(count: number): string;
}

const times = (count: number, part: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

const PERSON = 'person(email: "a@b.example")';
/** `part` knows the fragment's own place and that of the next; the last one ends in `email`. */
const chain = (count: number, part: (next: string) => string): string =>
  `{ ${PERSON} { ...F0 } } ${times(count, (index) => `fragment F${index} on Person { ${index + 1 < count ? part(`...F${index + 1}`) : 'email'} }`)}`;
const people = (selection: string): string => `account { people { nodes { ${selection} } } }`;
const nested = (open: string, middle: string, close: string) => (count: number) =>
  `${open.repeat(count)}${middle}${close.repeat(count)}`;
const within = (before: string, inner: (count: number) => string, after: string) => (count: number) =>
  `${before}${inner(count)}${after}`;
const everywhere = (count: number, spreads: (index: number) => string): string =>
  `{ ${PERSON} { ${times(count, (index) => `...F${index}`)} } } ${times(count, (index) => `fragment F${index} on Person { email ${spreads(index)} }`)}`;

export const ADVERSARIAL_DOCUMENTS: readonly AdversarialDocument[] = [
  { name: 'fields in one another', make: nested('{a', '', '}') },
  { name: 'fields never closed', make: (count) => '{a'.repeat(count) },
  { name: 'inline fragments in one another', make: within('{', nested('... {', '__typename', '}'), '}') },
  { name: 'lists in one another', make: within('{ person(email: ', nested('[', '1', ']'), ') { name } }') },
  { name: 'objects in one another', make: within('{ person(email: ', nested('{a:', '1', '}'), ') { name } }') },
  { name: 'list types in one another', make: within('query($v: ', nested('[', 'Int', ']'), ') { __typename }') },
  { name: 'introspection in itself', make: within('{', nested('__schema {', 'types { name }', '}'), '}') },
  { name: 'one field again and again', make: (count) => `{ ${times(count, () => '__typename')} }` },
  { name: 'one object again and again', make: (count) => `{ ${times(count, () => `${PERSON} { name }`)} }` },
  {
    name: 'one tree again and again',
    make: (count) => `{ ${times(count, () => `${PERSON} { ${people('email')} }`)} }`,
  },
  {
    name: 'other arguments each time',
    make: (count) => `{ ${times(count, (n) => `person(email: "${n}") { name }`)} }`,
  },
  {
    name: 'large arguments again and again',
    make: (count) =>
      `{ ${times(count, () => `hubspotSearchContacts(input: {filterGroups: [{filters: [${times(40, () => '{propertyName: "a", operator: EQ, value: "1"}')}]}]}) { nodes { id } }`)} }`,
  },
  { name: 'aliases', make: (count) => `{ ${times(count, (n) => `a${n}: ${PERSON} { name }`)} }` },
  { name: 'a leaf with fields', make: (count) => `{ ${PERSON} { ${times(count, () => 'email { a }')} } }` },
  {
    name: 'fragments that double what is below',
    make: (count) => chain(count, (next) => `a: ${people(next)} b: ${people(next)}`),
  },
  {
    name: 'fragments that double under one name',
    make: (count) => chain(count, (next) => `${people(next)} ${people(`${next} email`)}`),
  },
  { name: 'fragments spread twice each', make: (count) => chain(count, (next) => `${next} ${next}`) },
  { name: 'a chain of fragments', make: (count) => chain(count, (next) => next) },
  {
    name: 'a ring of fragments',
    make: (count) =>
      `{ ${PERSON} { ...F0 } } ${times(count, (n) => `fragment F${n} on Person { ...F${(n + 1) % count} }`)}`,
  },
  {
    name: 'fragments that spread both their neighbours',
    make: (count) => {
      const middle = Math.floor(count / 2);
      const order = [middle, ...Array(count).keys()].filter((n, place) => place === 0 || n !== middle);
      const neighbours = (n: number) => `${n > 0 ? `...F${n - 1}` : ''} ${n + 1 < count ? `...F${n + 1}` : 'email'}`;
      return `{ ${PERSON} { ...F${middle} } } ${order.map((n) => `fragment F${n} on Person { ${neighbours(n)} }`).join(' ')}`;
    },
  },
  {
    name: 'introspection that doubles',
    make: (count) =>
      `{ __schema { types { ...F0 } } } ${times(count, (n) => `fragment F${n} on __Type { ${n + 1 < count ? `a: ofType { ...F${n + 1} } b: ofType { ...F${n + 1} }` : 'name'} }`)}`,
  },
  { name: 'many fragments in one place', make: (count) => everywhere(count, () => '') },
  {
    name: 'fragments that spread all after them',
    make: (count) => everywhere(count, (n) => times(count - n - 1, (more) => `...F${n + more + 1}`)),
  },
  { name: 'fragments that spread all', make: (count) => everywhere(count, () => times(count, (n) => `...F${n}`)) },
  {
    name: 'fragments nobody spreads',
    make: (count) => `{ __typename } ${times(count, (n) => `fragment F${n} on Person { email }`)}`,
  },
  {
    name: 'fragments of one name',
    make: (count) => `{ ${PERSON} { ...F } } ${times(count, () => 'fragment F on Person { email }')}`,
  },
  { name: 'fragments that are not there', make: (count) => `{ ${times(count, (n) => `...F${n}`)} }` },
  { name: 'many operations', make: (count) => times(count, (n) => `query Q${n} { __typename }`) },
  {
    name: 'many operations with one large fragment',
    make: (count) =>
      `${times(count, (n) => `query Q${n} { ...F }`)} fragment F on Query { ${times(count, (n) => `a${n}: person(email: $v${n}) { name }`)} }`,
  },
  { name: 'variables nobody uses', make: (count) => `query(${times(count, (n) => `$v${n}: String`)}) { __typename }` },
  { name: 'variables of one name', make: (count) => `query(${times(count, () => '$v: String')}) { __typename }` },
  {
    name: 'variables that are used',
    make: (count) =>
      `query(${times(count, (n) => `$v${n}: String!`)}) { ${times(count, (n) => `a${n}: person(email: $v${n}) { name }`)} }`,
  },
  { name: 'a long string', make: (count) => `{ person(email: "${'x'.repeat(count)}") { name } }` },
  { name: 'a long block string', make: (count) => `{ person(email: """${'x\n  '.repeat(count)}""") { name } }` },
  { name: 'escapes that never end', make: (count) => `{ person(email: "${'\\"'.repeat(count)}` },
  { name: 'quotes', make: (count) => '"'.repeat(count) },
  { name: 'commas', make: (count) => `{ __typename ${','.repeat(count)} }` },
  { name: 'comments', make: (count) => `{ __typename\n${'#{\n'.repeat(count)} }` },
  {
    name: 'a long list',
    make: (count) => `{ people(filter: {emails: [${times(count, () => '"a"')}]}) { nodes { email } } }`,
  },
  { name: 'unknown fields', make: (count) => `{ ${times(count, (n) => `hubspotContactt${n}`)} }` },
  { name: 'a long unknown field', make: (count) => `{ ${'a'.repeat(count)} }` },
  { name: 'unknown types', make: (count) => times(count, (n) => `fragment F${n} on HubspotContactPropert${n} { id }`) },
  {
    name: 'unknown types of variables',
    make: (count) => `query(${times(count, (n) => `$v${n}: HubspotContactPropert${n}`)}) { __typename }`,
  },
  { name: 'unknown arguments', make: (count) => `{ person(${times(count, (n) => `emai${n}: 1`)}) { name } }` },
  {
    name: 'unknown enum values',
    make: (count) => `{ ${times(count, (n) => `a${n}: people(sort: CREATED_AS${n}) { nodes { email } }`)} }`,
  },
  {
    name: 'unknown input fields',
    make: (count) => `{ people(filter: {${times(count, (n) => `searc${n}: "a"`)}}) { nodes { email } } }`,
  },
  {
    name: 'one input field again and again',
    make: (count) => `{ people(filter: {${times(count, () => 'search: "a"')}}) { nodes { email } } }`,
  },
  { name: 'one argument again and again', make: (count) => `{ person(${times(count, () => 'email: "a"')}) { name } }` },
  { name: 'directives', make: (count) => `{ __typename ${times(count, () => '@skip(if: true)')} }` },
  { name: 'unknown directives', make: (count) => `{ __typename ${times(count, (n) => `@ski${n}`)} }` },
];

/** The largest of its kind that `fits`. */
export function largest({ make }: AdversarialDocument, fits: (text: string) => boolean): string {
  let count = 1;
  while (fits(make(count * 2))) count *= 2;
  for (let step = count / 2; step >= 1; step = Math.floor(step / 2)) {
    if (fits(make(count + step))) count += step;
  }
  return make(count);
}
