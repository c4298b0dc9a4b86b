/** From Mesh's document of one source to ours, step by step. The order matters where a line says so. */
import type { DocumentNode } from 'graphql';
import { dropAnnotations } from './annotations.ts';
import { renameAndTypeArguments } from './arguments.ts';
import { makeConnections } from './connection.ts';
import { markIdempotency } from './idempotency.ts';
import { typeIdentifiers } from './identifiers.ts';
import { refuseNullItems } from './input-lists.ts';
import { allowNull } from './nullability.ts';
import { addOperationHeaders } from './operation-headers.ts';
import type { Pass, SourcePlan } from './pass.ts';
import { prefixNames } from './prefix.ts';
import { dropUnreached } from './prune.ts';
import { replaceScalars } from './scalars.ts';
import { listSparseFields } from './sparse.ts';
import { unwrapResults } from './unwrap.ts';

const PASSES: readonly Pass[] = [
  replaceScalars, // reads the constraints that the next step drops
  dropAnnotations,
  allowNull,
  refuseNullItems,
  typeIdentifiers,
  renameAndTypeArguments,
  addOperationHeaders,
  unwrapResults,
  makeConnections, // after the arguments have our names
  listSparseFields, // after rows have their types
  markIdempotency,
  dropUnreached, // after nothing refers to envelopes any more
  prefixNames, // last: until here a root field is called as its operationId
];

export function transform(document: DocumentNode, plan: SourcePlan): DocumentNode {
  return PASSES.reduce((current, pass) => pass(current, plan), document);
}
