/** The numbers of a document, against the document with its fragments written out. */
import fc from 'fast-check';
import { type DocumentNode, Lexer, parse, type SelectionSetNode, Source, TokenKind } from 'graphql';
import { expect, it } from 'vitest';
import { shapeOf } from '../../src/graph/document-shape.ts';
import { nestsDeeper } from '../../src/graph/document-text.ts';

const RUNS = 2_000;

/** Fragments spread only those after them: no circles. */
const documents = fc.integer({ min: 0, max: 5 }).chain((count) => {
  const selection = (first: number) =>
    fc.letrec<{ set: string; node: string }>((tie) => ({
      set: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((nodes) => `{ ${nodes.join(' ')} }`),
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('a', 'b', 'c: a', '__typename'),
        ...(first < count ? [fc.integer({ min: first, max: count - 1 }).map((index) => `...F${index}`)] : []),
        fc
          .tuple(fc.constantFrom('a', '__schema', 'x: __type', '... on A', '...'), tie('set'))
          .map((parts) => parts.join(' ')),
      ),
    })).set;
  const fragments = Array.from({ length: count }, (_, index) =>
    selection(index + 1).map((set) => `fragment F${index} on A ${set}`),
  );
  return fc.tuple(selection(0), ...fragments).map((parts) => parts.join('\n'));
});

it('are those of the document with its fragments written out', () => {
  fc.assert(
    fc.property(documents, (text) => {
      const document = parse(text);
      const { operations, nesting } = shapeOf(document);
      const [operation] = operations;
      const { depth, introspectionDepth, fields, nesting: written } = writtenOut(document);
      expect(operation).toMatchObject({ depth, introspectionDepth, fields });
      // Fragments no operation reaches count here, too.
      expect(nesting).toBeGreaterThanOrEqual(written);
    }),
    { numRuns: RUNS },
  );
});

function writtenOut({ definitions }: DocumentNode) {
  const found = { depth: 0, introspectionDepth: 0, fields: 0, nesting: 0 };
  const fragment = (name: string) =>
    definitions.find((one) => one.kind === 'FragmentDefinition' && one.name.value === name);
  const walk = ({ selections }: SelectionSetNode, level: number, inside: number, nesting: number): void => {
    found.nesting = Math.max(found.nesting, nesting);
    for (const node of selections) {
      if (node.kind === 'Field') {
        const enters = inside > 0 || node.name.value === '__schema' || node.name.value === '__type';
        found.fields += 1;
        if (enters) found.introspectionDepth = Math.max(found.introspectionDepth, inside + 1);
        else found.depth = Math.max(found.depth, level + 1);
        if (node.selectionSet)
          walk(node.selectionSet, level + (enters ? 0 : 1), inside + (enters ? 1 : 0), nesting + 1);
        continue;
      }
      const definition = node.kind === 'InlineFragment' ? node : fragment(node.name.value);
      if (definition && 'selectionSet' in definition && definition.selectionSet)
        walk(definition.selectionSet, level, inside, nesting + 1);
    }
  };
  const [operation] = definitions;
  if (operation?.kind === 'OperationDefinition') walk(operation.selectionSet, 0, 0, 1);
  return found;
}

it('count brackets as the lexer sees them, strings and comments left out', () => {
  const parts = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '"',
    '"""',
    '\\',
    '\\"',
    '\\"""',
    '#',
    '\n',
    '\r',
    'a',
    ' ',
    '""',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const deepest = deepestByLexer(text);
      fc.pre(deepest !== undefined);
      expect(nestsDeeper(text, deepest)).toBe(false);
      if (deepest > 0) expect(nestsDeeper(text, deepest - 1)).toBe(true);
    }),
    { numRuns: RUNS * 5 },
  );
});

/** Undefined for what is no GraphQL at all: nobody parses that. */
function deepestByLexer(text: string): number | undefined {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  let deepest = 0;
  try {
    for (let { kind } = lexer.advance(); kind !== TokenKind.EOF; kind = lexer.advance().kind) {
      if (kind === TokenKind.BRACE_L || kind === TokenKind.PAREN_L || kind === TokenKind.BRACKET_L) depth += 1;
      if (kind === TokenKind.BRACE_R || kind === TokenKind.PAREN_R || kind === TokenKind.BRACKET_R)
        depth = Math.max(0, depth - 1);
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  } catch {
    return undefined;
  }
}
