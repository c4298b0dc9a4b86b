/** Reads the SDL files of a graph folder and says errors in them at file, line and column. */
import { existsSync, readFileSync } from 'node:fs';
import { buildASTSchema, type DocumentNode, GraphQLError, parse, Source, validateSchema } from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { type ConfigProblem, throwProblems } from '../config/config-error.ts';
import type { GraphFolder } from '../config/graph-folder.ts';
import { unknownFields } from './field-references.ts';

/** Throws `ConfigError` for a missing file or a syntax error. */
export function readSdlFiles({ sdlFiles, mesh }: GraphFolder): DocumentNode[] {
  const problems: ConfigProblem[] = [];
  const documents = sdlFiles.flatMap((path, index) => {
    if (!existsSync(path)) {
      const position = mesh.yaml.locate(['additionalTypeDefs', index]);
      problems.push({ file: mesh.yaml.path, ...position, message: `Found no file ${path}, expected an SDL file.` });
      return [];
    }
    try {
      return [parse(new Source(readFileSync(path, 'utf8'), path))];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      problems.push(problemOf(error, path));
      return [];
    }
  });
  throwProblems(problems);
  return documents;
}

/** Throws `ConfigError` when the merged document is no valid schema. */
export function checkSdl(document: DocumentNode, { mesh }: GraphFolder): void {
  throwProblems(validateSDL(document).map((error) => problemOf(error, mesh.yaml.path)));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  throwProblems(validateSchema(schema).map((error) => problemOf(error, mesh.yaml.path)));
  throwProblems(unknownFields(document, schema).map((error) => problemOf(error, mesh.yaml.path)));
}

/** Only SDL files have places; an error without one is blamed on the folder. */
function problemOf(error: GraphQLError, fallback: string): ConfigProblem {
  const node = error.nodes?.find(({ loc }) => loc !== undefined);
  const source = node?.loc?.source ?? error.source;
  const place = node?.loc?.startToken ?? error.locations?.[0];
  return { file: source?.name ?? fallback, line: place?.line, column: place?.column, message: error.message };
}
