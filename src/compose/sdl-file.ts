/** Reads the SDL files of a graph folder and says errors in them at file, line and column. */
import { existsSync, readFileSync } from 'node:fs';
import {
  type ASTNode,
  buildASTSchema,
  type DocumentNode,
  GraphQLError,
  parse,
  Source,
  ValuesOfCorrectTypeRule,
  validate,
  validateSchema,
} from 'graphql';
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
    const text = readFileSync(path, 'utf8');
    if (isEmpty(text)) return [];
    try {
      return [parse(new Source(text, path))];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      problems.push(problemOf(error, path));
      return [];
    }
  });
  throwProblems(problems);
  return documents;
}

/** A file of comments is a file somebody has not written yet. */
function isEmpty(text: string): boolean {
  return text.replaceAll(/#.*$/gm, '').trim() === '';
}

/** Throws `ConfigError` when the merged document is no valid schema, or the folder's SDL files in it give directives wrong values. */
export function checkSdl(document: DocumentNode, sdl: readonly DocumentNode[], { mesh }: GraphFolder): void {
  const refuse = (errors: readonly GraphQLError[]) =>
    throwProblems(errors.map((error) => problemOf(error, mesh.yaml.path)));
  refuse(validateSDL(document));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  refuse(validateSchema(schema));
  refuse(sdl.flatMap((file) => validate(schema, file, [ValuesOfCorrectTypeRule])));
  refuse(unknownFields(document, schema));
}

/** Where a node stands in an SDL file; what is not of one is blamed on `fallback`. */
export function placeOf({ loc }: ASTNode, fallback: string): Omit<ConfigProblem, 'message'> {
  return { file: loc?.source.name ?? fallback, line: loc?.startToken.line, column: loc?.startToken.column };
}

/** Only SDL files have places; an error without one is blamed on the folder. */
function problemOf(error: GraphQLError, fallback: string): ConfigProblem {
  const node = error.nodes?.find(({ loc }) => loc !== undefined);
  const source = node?.loc?.source ?? error.source;
  const place = node?.loc?.startToken ?? error.locations?.[0];
  return { file: source?.name ?? fallback, line: place?.line, column: place?.column, message: error.message };
}
