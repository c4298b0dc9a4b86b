/** Reads a YAML (or JSON) file and remembers where everything stands in it. */
import { readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem, throwProblems } from './config-error.ts';

const MAX_BYTES = 20 * 1024 * 1024;
/** An alias may stand for much; more copies than this is a mistake or an attack. */
const MAX_ALIASES = 100;

export type YamlPath = readonly (string | number)[];

export interface Position {
  line: number;
  column: number;
}

export interface YamlFile {
  path: string;
  value: unknown;
  /** Where the key (or list item) stands; the nearest parent that exists when it does not. */
  locate(path: YamlPath): Position;
}

/** Throws `ConfigError` for a file that is missing, too large, or no YAML. */
export function readYamlFile(path: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  throwProblems(
    document.errors.map((error): ConfigProblem => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { file: path, line, column: col, message: `Found YAML that cannot be read: ${error.message}.` };
    }),
  );
  return {
    path,
    value: toValue(path, () => document.toJS({ maxAliasCount: MAX_ALIASES })),
    locate: (steps) => {
      const { line, col } = lines.linePos(offsetOf(document.contents, steps));
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };

  function offsetOf(root: Node | null, steps: YamlPath): number {
    let node: unknown = root;
    let offset = root?.range?.[0] ?? 0;
    for (const step of steps) {
      if (isAlias(node)) node = node.resolve(document);
      const child = childOf(node, step);
      if (child === undefined) return offset;
      offset = child.offset ?? offset;
      node = child.node;
    }
    return offset;
  }
}

function readText(path: string): string {
  let size: number;
  try {
    size = statSync(path).size;
  } catch {
    throw new ConfigError({ file: path, message: 'Found no such file. Create it, or correct the path that names it.' });
  }
  if (size > MAX_BYTES) {
    throw new ConfigError({ file: path, message: `Found ${size} bytes, expected at most ${MAX_BYTES}.` });
  }
  return readFileSync(path, 'utf8');
}

function toValue(path: string, convert: () => unknown): unknown {
  try {
    return convert();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError({ file: path, message: `Found aliases (*name) that expand too far: ${reason}.` });
  }
}

function childOf(node: unknown, step: string | number): { node: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair && { node: pair.value, offset: isScalar(pair.key) ? pair.key.range?.[0] : undefined };
  }
  if (isSeq(node)) {
    const item = node.items[Number(step)] as Node | undefined;
    return item && { node: item, offset: item.range?.[0] };
  }
  return undefined;
}
