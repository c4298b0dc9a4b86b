/**
 * Our gateway on the benchmark's graph, through the very command that `vendorgraph start` runs, with everything on that it turns
 * on: authentication, limits, masking, metrics, the log. Only where the vendors listen is put in from here.
 */
import { runCli } from '../../src/cli/cli.ts';
import { startGateway } from '../../src/gateway.ts';

const upstream = process.env['UPSTREAM'] ?? '';
const addresses = {
  urls: { helpdesk: upstream, billing: upstream },
  credentials: { helpdesk: { token: 'made-up' }, billing: { token: 'made-up' } },
};

process.exitCode = await runCli(['start', '--graph', process.env['GRAPH'] ?? '.'], {
  // NODE_ENV=production is for the libraries; the gateway itself would want the real vendors' credentials.
  startGateway: (options) =>
    startGateway({
      ...options,
      settings: { ...options.settings, production: false },
      sandbox: Promise.resolve(addresses),
    }),
});
