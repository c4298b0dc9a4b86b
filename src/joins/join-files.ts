/** Loads the join files of a graph folder: those `additionalResolvers` of `.meshrc.yaml` names, each with a default export. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ConfigError, type ConfigProblem, throwProblems } from '../config/config-error.ts';
import type { GraphFolder } from '../config/graph-folder.ts';
import type { Join } from './join.ts';

/** A join and where it was written. */
export interface JoinFile {
  file: string;
  join: Join;
}

/** Throws `ConfigError` with the problems of all files at once. Runs the files: they are part of the gateway. */
export async function loadJoinFiles(folder: GraphFolder): Promise<readonly JoinFile[]> {
  const problems: ConfigProblem[] = [];
  const loaded: JoinFile[] = [];
  for (const [index, file] of folder.joinFiles.entries()) {
    try {
      loaded.push({ file, join: await loadJoin(folder, file, index) });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  throwProblems(problems);
  return loaded;
}

async function loadJoin({ mesh }: GraphFolder, file: string, index: number): Promise<Join> {
  if (!existsSync(file)) {
    const position = mesh.yaml.locate(['additionalResolvers', index]);
    throw new ConfigError({
      file: mesh.yaml.path,
      ...position,
      message: `Found no file ${file}, expected a join file.`,
    });
  }
  const exported = await importDefault(file);
  const wrong = whatIsWrong(exported);
  if (wrong !== undefined) {
    const message = `Found ${wrong}, expected export default defineJoin({ Type: { field: resolver } }).`;
    throw new ConfigError({ file, message });
  }
  // Parents and arguments are the file's own affair: graphql-js gives it what the SDL promises.
  return exported as Join;
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
    const message = `Found a file that cannot be loaded: ${reason?.replace(/\.$/, '')}. ${advice(error)}`;
    throw new ConfigError({ file, message });
  }
}

function advice(error: unknown): string {
  return error instanceof Error && error.message.includes("package 'vendorgraph'")
    ? 'Make the engine a dependency of this folder: npm install PATH_OF_VENDORGRAPH.'
    : 'Correct it, or take it out of additionalResolvers.';
}

function whatIsWrong(exported: unknown): string | undefined {
  if (exported === undefined) return 'no default export';
  if (!isTable(exported)) return 'a default export that is no join';
  for (const [type, fields] of Object.entries(exported)) {
    if (!isTable(fields)) return `no fields under ${type}`;
    const odd = Object.keys(fields).find((field) => typeof fields[field] !== 'function');
    if (odd !== undefined) return `something that is no function in ${type}.${odd}`;
  }
  return undefined;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
