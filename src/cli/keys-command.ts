/** `vendorgraph keys create|list|revoke|rotate`: API keys of the clients in clients.yaml whose proof is a key. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readSettings } from '../config/settings.ts';

interface KeysOptions {
  graph: string;
  json?: true;
}

/** Standard output is handed in as `print`. The parts that read the store are loaded when a command runs. */
export function addKeysCommand(program: Command, print: (text: string) => void): void {
  const keys = program.command('keys').description('issue and end API keys').exitOverride();
  const command = (name: string, description: string): Command =>
    keys
      .command(name)
      .description(description)
      .option('--graph <dir>', 'the graph folder', '.')
      .option('--json', 'print JSON')
      .exitOverride();
  const actions = async ({ graph, json }: KeysOptions) => {
    const { createKeyActions } = await import('./key-actions.ts');
    const { dataDir } = readSettings(process.env);
    return createKeyActions({ graphDir: graph, dataDir: resolve(dataDir), json: json ?? false, print, now: Date.now });
  };

  command('create', 'issue a key; it is shown this once')
    .requiredOption('--client <id>', 'whose key: a client of clients.yaml')
    .option('--expires <duration>', 'how long it is valid, e.g. 90d (default: for ever)')
    .option('--name <text>', 'what to call it in the list')
    .action(async (options: KeysOptions & { client: string; expires?: string; name?: string }) => {
      await using keyActions = await actions(options);
      await keyActions.create(options);
    });
  command('list', 'show the keys there are').action(async (options: KeysOptions) => {
    await using keyActions = await actions(options);
    await keyActions.list();
  });
  command('revoke <prefix>', 'end a key now').action(async (prefix: string, options: KeysOptions) => {
    await using keyActions = await actions(options);
    await keyActions.revoke(prefix);
  });
  command('rotate <prefix>', 'issue a key in the place of another')
    .option('--overlap <duration>', 'how long the old one stays valid, e.g. 24h', '24h')
    .action(async (prefix: string, options: KeysOptions & { overlap: string }) => {
      await using keyActions = await actions(options);
      await keyActions.rotate(prefix, options.overlap);
    });
}
