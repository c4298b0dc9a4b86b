/** Compares all we say about a vendor with all it says about itself. */
import { compareAnswers, compareRequestBody } from './body-comparison.ts';
import { type Comparison, createFindings, type Findings } from './deviation.ts';
import type { OpenApiDocument, Schema } from './openapi-document.ts';
import { listOperations, serverOf } from './operation-index.ts';
import type { OwnSource } from './own-source.ts';
import { compareParameters } from './parameter-comparison.ts';
import { createSchemaComparison } from './schema-comparison.ts';
import { createShapeReader } from './shape.ts';
import { compareWireNames } from './wire-names.ts';

export interface SourceComparison {
  source: OwnSource;
  published: OpenApiDocument;
  /** What to compare with where the vendor's file leaves something out, by our place. */
  standIns?: ReadonlyMap<string, Schema>;
}

/** Reports deviations, the intended ones too. */
export function compareSource({ source, published, standIns = new Map() }: SourceComparison): Comparison {
  const findings = createFindings();
  const documents = { ours: source.document, theirs: published };
  const [readOurs, readTheirs] = [createShapeReader(documents.ours), createShapeReader(documents.theirs)];
  const compareSchemas = createSchemaComparison({ readOurs, readTheirs, findings, standIns });
  const known = new Map(listOperations(published).map((operation) => [operation.key, operation]));
  compareServer(source.config.endpoint, serverOf(published), findings);
  for (const ours of listOperations(source.document, source.config.endpoint)) {
    const theirs = known.get(ours.key);
    if (theirs === undefined) {
      findings.report({
        kind: 'unknown',
        operation: ours.title,
        at: ours.id,
        ours: ours.title,
        theirs: 'no such path',
      });
      continue;
    }
    findings.count('operations', ours.id);
    const { config } = source;
    compareParameters({ ours, theirs, config, findings, compareSchemas, readOurs });
    compareRequestBody({ documents, ours, theirs, findings, compareSchemas });
    compareAnswers({ documents, ours, theirs, findings, compareSchemas });
    compareWireNames({ config, ours, theirs, document: published, readTheirs, findings });
  }
  return findings.result();
}

/** `{companyDomain}` in a published server is any name. Cal.com names no server. */
function compareServer(endpoint: string, server: string, findings: Findings): void {
  if (server === '') return;
  findings.count('wire names', 'endpoint');
  const [pattern, subject] = [server, endpoint].map((url) => url.replace(/\/$/, '').split(/[/.]/));
  const same = pattern?.length === subject?.length;
  if (same && pattern?.every((part, index) => /^\{.*\}$/.test(part) || part === subject?.[index])) return;
  findings.report({ kind: 'unknown', operation: 'vendor.yaml', at: 'endpoint', ours: endpoint, theirs: server });
}
