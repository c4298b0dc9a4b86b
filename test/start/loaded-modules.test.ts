/** Mesh compiles, the gateway executes: what a process loads is written down by a hook, and Mesh must not be in it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectClient } from '../agents/connected-client.ts';
import { type RunningCommand, runCommand, startWithSandbox } from './running-command.ts';

const MESH = /node_modules\/(@graphql-mesh|@omnigraph)\//;

interface ModuleList extends Disposable {
  /** Node's options that write the list; a forked sandbox inherits them. */
  node: string[];
  /** URLs of all modules the process has resolved, imported or required. */
  of({ pid }: Pick<RunningCommand, 'pid'>): string[];
}

function createModuleList(): ModuleList {
  const dir = mkdtempSync(join(tmpdir(), 'modules-'));
  const hook = `
    import { registerHooks } from 'node:module';
    import { appendFileSync } from 'node:fs';
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        appendFileSync(${JSON.stringify(`${dir}/`)} + process.pid, found.url + '\\n');
        return found;
      },
    });`;
  return {
    node: ['--import', `data:text/javascript,${encodeURIComponent(hook)}`],
    of: ({ pid }) =>
      readFileSync(join(dir, String(pid)), 'utf8')
        .trimEnd()
        .split('\n'),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true }),
  };
}

it('never loads Mesh in a gateway that starts, answers and ends, nor the agents’ protocol before an agent comes', async () => {
  using modules = createModuleList();
  await using gateway = await startWithSandbox({ node: modules.node });
  const answer = await gateway.ask('{ person(email: "ada.lindqvist@brightforge.io") { name customer { id } } }');
  expect(await answer.json()).toMatchObject({ data: { person: { name: 'Ada Lindqvist' } } });
  // The agents' protocol is for those who speak it: nobody has.
  const mcp = () => modules.of(gateway).filter((url) => url.includes('node_modules/@modelcontextprotocol/'));
  expect(mcp()).toEqual([]);
  await (await connectClient(gateway.url, 'vg_demo_agent'))[Symbol.asyncDispose]();
  expect(mcp()).not.toEqual([]);
  gateway.kill('SIGTERM');
  expect(await gateway.ended).toMatchObject({ code: 0 });

  const loaded = modules.of(gateway);
  expect(loaded.filter((url) => /\/src\/(gateway|rest\/executor)\.ts$/.test(url))).not.toEqual([]);
  expect(loaded.filter((url) => url.includes('node_modules/graphql-yoga/'))).not.toEqual([]);
  expect(loaded.filter((url) => MESH.test(url) || url.includes('/src/compose/'))).toEqual([]);
  // Emulators are the sandbox's; what the gateway runs does not depend on them.
  expect(loaded.filter((url) => url.includes('/sources/') || url.includes('/src/sandbox/'))).toEqual([]);
});

it('would see Mesh: composing loads it', async () => {
  using modules = createModuleList();
  await using command = runCommand(['compose', '--check'], { node: modules.node });
  await command.ended;
  expect(modules.of(command).filter((url) => MESH.test(url))).not.toEqual([]);
});
