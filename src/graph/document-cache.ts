/** Documents that were parsed and found valid, by their text. Bounded in number and in text; the one used longest ago goes first. */
import { type DocumentNode, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';

export interface DocumentCache {
  /** The parsed document of a query or mutation that can be executed; undefined for everything else. */
  get(query: string, operationName: string | null | undefined): DocumentNode | undefined;
}

export interface DocumentCacheOptions {
  /** @default 1_000 */
  maxDocuments?: number;
  /** Characters of all documents together. @default 4_000_000 */
  maxCharacters?: number;
}

export function createDocumentCache(
  schema: GraphQLSchema,
  { maxDocuments = 1_000, maxCharacters = 4_000_000 }: DocumentCacheOptions = {},
): DocumentCache {
  // In order of last use: a Map keeps the order of insertion.
  const documents = new Map<string, DocumentNode>();
  let characters = 0;

  const keep = (query: string, document: DocumentNode): void => {
    documents.set(query, document);
    characters += query.length;
    for (const oldest of documents.keys()) {
      if (documents.size <= maxDocuments && characters <= maxCharacters) return;
      documents.delete(oldest);
      characters -= oldest.length;
    }
  };

  const find = (query: string): DocumentNode | undefined => {
    const known = documents.get(query);
    if (known) {
      documents.delete(query);
      documents.set(query, known);
      return known;
    }
    const document = parseValid(schema, query);
    if (document) keep(query, document);
    return document;
  };

  return {
    get(query, operationName) {
      const document = find(query);
      const kind = document && getOperationAST(document, operationName)?.operation;
      return kind === 'query' || kind === 'mutation' ? document : undefined;
    },
  };
}

function parseValid(schema: GraphQLSchema, query: string): DocumentNode | undefined {
  try {
    const document = parse(query);
    return validate(schema, document).length === 0 ? document : undefined;
  } catch {
    return undefined;
  }
}
