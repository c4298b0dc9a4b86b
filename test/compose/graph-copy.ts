/** A copy of the fixture graph in a temporary folder, to be broken by a test. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCompose } from '../../src/cli/compose-command.ts';

export interface GraphCopy {
  dir: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Replaces the first occurrence; a text that is not there is a mistake of the test. */
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
  compose(options?: { check?: boolean }): Promise<{ code: number; lines: string[] }>;
  [Symbol.dispose](): void;
}

export function copyGraph(): GraphCopy {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-'));
  cpSync(join(import.meta.dirname, 'fixtures/graph'), dir, { recursive: true });
  const read = (file: string) => readFileSync(join(dir, file), 'utf8');
  const write = (file: string, text: string) => writeFileSync(join(dir, file), text);
  return {
    dir,
    read,
    write,
    edit(file, from, to) {
      const text = read(file);
      if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
      write(
        file,
        text.replace(from, () => to),
      );
    },
    remove: (file) => rmSync(join(dir, file), { recursive: true }),
    async compose({ check = false } = {}) {
      const lines: string[] = [];
      const code = await runCompose({ graphDir: dir, check, print: (line) => lines.push(line) });
      return { code, lines: lines.map((line) => line.replaceAll(`${dir}/`, '')) };
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
