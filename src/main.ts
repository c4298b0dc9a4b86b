/** What the `vendorgraph` command does (`bin/vendorgraph.js`). Each command loads only what it needs, so that a gateway never loads the composer. */
import { runCli } from './cli/cli.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  startGateway: async (options) => (await import('./gateway.ts')).startGateway(options),
});
