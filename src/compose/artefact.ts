/** Generated files: written whole or not at all, and compared line by line. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ConfigProblem, displayPath } from '../config/config-error.ts';

export interface Artefact {
  path: string;
  text: string;
}

/** A reader never sees half a file: it is written beside the old one and then takes its place. */
export function writeArtefact({ path, text }: Artefact): void {
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The first line in which the file on disk differs, or nothing. */
export function staleness({ path, text }: Artefact): ConfigProblem[] {
  if (!existsSync(path)) return [{ file: path, message: 'Found no such file. Run npm run compose.' }];
  const found = readFileSync(path, 'utf8');
  if (found === text) return [];
  const [foundLines, lines] = [linesOf(found), linesOf(text)];
  const index = lines.findIndex((line, at) => line !== foundLines[at]);
  const first = index === -1 ? lines.length : index;
  const message = `Found ${quoted(foundLines[first])}, expected ${quoted(lines[first])}. The file is stale: run npm run compose.`;
  return [{ file: path, line: first + 1, message }];
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function quoted(line: string | undefined): string {
  if (line === undefined) return 'the end of the file';
  return JSON.stringify(line.length <= 100 ? line : `${line.slice(0, 97)}…`);
}

export function describeArtefact({ path, text }: Artefact): string {
  return `${displayPath(path)} (${Math.ceil(Buffer.byteLength(text) / 1024)} kB)`;
}
