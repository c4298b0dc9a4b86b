/**
 * A document without what only a parser needs. graphql-js gives each node a location that holds the first and the last of
 * its tokens, and with them the chain of all: most of what a document takes. Errors need where a node begins; line and
 * column are worked out when somebody asks.
 */
import { type ASTNode, type DocumentNode, getLocation, Kind, type Location, type Source, visit } from 'graphql';

/** Changes the document in place. It must be valid: what execution tells no error of, such as names, loses its place. */
export function makeLean(document: DocumentNode): void {
  visit(document, {
    enter(node: ASTNode) {
      const { loc } = node;
      if (!loc) return;
      const place = node.kind === Kind.NAME ? undefined : new Place(loc);
      // A node is what it is to its readers; this is the one place that writes.
      (node as { loc: Location | undefined }).loc = place as Location | undefined;
    },
  });
}

/** As much of a `Location` as is read of a document that is executed. */
class Place {
  readonly start: number;
  readonly end: number;
  readonly source: Source;

  constructor({ start, end, source }: Location) {
    this.start = start;
    this.end = end;
    this.source = source;
  }

  get startToken() {
    return getLocation(this.source, this.start);
  }

  toJSON() {
    return { start: this.start, end: this.end };
  }
}
