/** `examples/own-join` in a folder away from the engine, with other join files. Composing it needs more than is copied. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../start/running-command.ts';

export interface ExampleCopy extends Disposable {
  dir: string;
  /** The folder around it, for messages. */
  parent: string;
  /** Makes `vendorgraph` a dependency, as `npm install PATH` does. */
  linkEngine(): void;
}

/** The join files that `.meshrc.yaml` names, by name below `joins/`; one without a text is not written. */
export function copyExample(files: Record<string, string>): ExampleCopy {
  const root = mkdtempSync(join(tmpdir(), 'vendorgraph-'));
  const parent = join(root, 'examples');
  const dir = join(parent, 'own-join');
  cpSync(join(ROOT, 'examples/own-join'), dir, { recursive: true });
  for (const vendor of ['stripe', 'zendesk']) {
    mkdirSync(join(root, 'sources', vendor), { recursive: true });
    cpSync(join(ROOT, 'sources', vendor, 'vendor.yaml'), join(root, 'sources', vendor, 'vendor.yaml'));
  }
  const mesh = join(dir, '.meshrc.yaml');
  const names = Object.keys(files).map((name) => (name.includes('://') ? name : `./joins/${name}`));
  writeFileSync(mesh, readFileSync(mesh, 'utf8').replace('./joins/open-invoices.ts', names.join('\n  - ')));
  for (const [name, content] of Object.entries(files)) {
    if (content !== '') writeFileSync(join(dir, 'joins', name), content);
  }
  return {
    dir,
    parent,
    linkEngine() {
      mkdirSync(join(root, 'node_modules'));
      symlinkSync(ROOT, join(root, 'node_modules', 'vendorgraph'));
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
