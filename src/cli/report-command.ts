/** `vendorgraph report pii [--graph DIR] [--json]`. */
import type { Command } from 'commander';
import { buildASTSchema, parse } from 'graphql';
import { allScopes, demoKeys } from '../auth/api-keys.ts';
import { readClientsFile } from '../config/clients-file.ts';
import { type GraphFolder, readComposedSchema, readGraphFolder } from '../config/graph-folder.ts';
import { readAccessRules } from '../rules/access-rules.ts';
import { piiReport, piiTable, type Reader } from './pii-report.ts';

export interface ReportCommand {
  graphDir: string;
  /** A list of objects instead of a table. */
  json: boolean;
  print(line: string): void;
}

export function addReportCommand(program: Command, print: (line: string) => void): void {
  const report = program.command('report').description('what the graph folder says, as tables').exitOverride();
  report
    .command('pii')
    .description('which client can read which personal data')
    .option('--graph <dir>', 'the graph folder', '.')
    .option('--json', 'print JSON')
    .exitOverride()
    .action(({ graph, json }: { graph: string; json?: true }) => {
      runPiiReport({ graphDir: graph, json: json ?? false, print });
    });
}

/** Throws `ConfigError` for files of the folder that are wrong. */
export function runPiiReport({ graphDir, json, print }: ReportCommand): void {
  const folder = readGraphFolder(graphDir);
  const document = parse(readComposedSchema(folder), { noLocation: true });
  const schema = buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  const report = piiReport(schema, readAccessRules(schema), readersOf(folder));
  print(json ? JSON.stringify(report, null, 2) : piiTable(report));
}

/** Those of clients.yaml, at the most they may do, and the sandbox's. */
function readersOf({ dir, sources }: GraphFolder): Reader[] {
  const vendors = sources.map(({ vendor }) => vendor);
  const clients = readClientsFile(dir, allScopes(vendors)).clients;
  return [
    ...clients.map(({ id, scopes }) => ({ client: id, scopes: new Set(scopes) })),
    ...demoKeys(vendors).map(({ principal }) => ({ client: principal.client, scopes: principal.scopes })),
  ];
}
