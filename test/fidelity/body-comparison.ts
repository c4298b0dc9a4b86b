/** Compares what goes in and what comes out of one operation. */
import { carriedBy, mediaTypes } from './content.ts';
import type { DeviationKind, Findings } from './deviation.ts';
import { type Content, type OpenApiDocument, resolve } from './openapi-document.ts';
import type { FoundOperation } from './operation-index.ts';
import type { CompareSchemas } from './schema-comparison.ts';
import type { Direction } from './type-match.ts';

export interface BodyComparison {
  documents: { ours: OpenApiDocument; theirs: OpenApiDocument };
  ours: FoundOperation;
  theirs: FoundOperation;
  findings: Findings;
  compareSchemas: CompareSchemas;
}

export function compareRequestBody(comparison: BodyComparison): void {
  const { documents, ours, theirs } = comparison;
  const [own, published] = [ours.operation.requestBody, theirs.operation.requestBody];
  const required = published !== undefined && resolve(documents.theirs, published).required === true;
  if (own === undefined && required) report(comparison, 'body', 'required', 'no body', 'a required body');
  if (own !== undefined) compareContent(comparison, { part: 'body', direction: 'request', own, published });
}

/** Answers of success only; failures are read by the paths in vendor.yaml. */
export function compareAnswers(comparison: BodyComparison): void {
  const published = comparison.theirs.operation.responses ?? {};
  for (const [status, own] of Object.entries(comparison.ours.operation.responses ?? {})) {
    if (!status.startsWith('2')) continue;
    const known = published[status] ?? published['2XX'];
    const others = Object.keys(published).join(', ');
    if (known === undefined) report(comparison, status, 'unknown', status, `only ${others}`);
    else compareContent(comparison, { part: status, direction: 'answer', own, published: known });
  }
}

interface ContentPair {
  part: string;
  direction: Direction;
  own: Content;
  published: Content | undefined;
}

function compareContent(comparison: BodyComparison, { part, direction, own, published }: ContentPair): void {
  const { documents, ours, compareSchemas } = comparison;
  const carried = carriedBy(documents.ours, own);
  if (carried === undefined) return;
  const types = mediaTypes(documents.theirs, published);
  if (!types.includes(carried.mediaType))
    report(comparison, part, 'unknown', carried.mediaType, types.join(', ') || 'an empty body');
  const like = carriedBy(documents.theirs, published);
  if (like === undefined) return;
  const at = `${ours.id}.${part}`;
  compareSchemas({ operation: ours.title, at, ours: carried.schema, theirs: [like.schema], direction });
}

function report({ ours, findings }: BodyComparison, part: string, kind: DeviationKind, we: string, they: string): void {
  findings.report({ kind, operation: ours.title, at: `${ours.id}.${part}`, ours: we, theirs: they });
}
