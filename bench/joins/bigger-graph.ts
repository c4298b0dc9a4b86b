/** The benchmark's graph with thousands of types more, all of them reachable, none of them asked for. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeGraph } from './composed.ts';
import { GRAPH } from './own-process.ts';

export interface BiggerGraph extends Disposable {
  /** A graph folder, composed. */
  dir: string;
}

export async function makeBiggerGraph(types: number): Promise<BiggerGraph> {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-bigger-'));
  cpSync(GRAPH, dir, { recursive: true });
  const mesh = join(dir, '.meshrc.yaml');
  const listed = '  - ./schema/unified.graphql\n';
  writeFileSync(mesh, readFileSync(mesh, 'utf8').replace(listed, `${listed}  - ./schema/more.graphql\n`));
  writeFileSync(join(dir, 'schema/more.graphql'), moreTypes(types));
  await composeGraph(dir);
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A tree that hangs from the customer: each type leads to two others. */
function moreTypes(count: number): string {
  const types = Array.from({ length: count }, (_, index) => {
    const next = [2 * index + 1, 2 * index + 2].filter((other) => other < count);
    const fields = next.map((other) => `  more${other}: [More${other}!]`);
    return `type More${index} @scope(requires: ["billing:read"]) {\n  id: ID!\n  name: String\n  size: Int\n  created: String\n${fields.join('\n')}\n}\n`;
  });
  return `extend type BillingCustomer {\n  more: More0 @scope(requires: ["billing:read"])\n}\n\n${types.join('\n')}`;
}
