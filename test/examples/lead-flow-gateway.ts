/** A gateway over a sandbox that runs already, as a process of its own: it may be killed, and its vendors live on. Started by lead-flow-world.ts. */
import { createLog, readSettings, type SandboxAddresses, startGateway } from '../../src/index.ts';

const ROOT = process.argv[2] ?? '.';
// What the parent wrote.
const sandbox = JSON.parse(process.env['SANDBOX_ADDRESSES'] ?? '') as SandboxAddresses;

const gateway = await startGateway({
  graphDir: ROOT,
  settings: readSettings(process.env),
  log: createLog({ level: 'warn' }),
  env: {},
  sandbox: Promise.resolve(sandbox),
});
process.stdout.write(`gateway at ${gateway.url}\n`);
// Ends with its parent, however that ends.
process.stdin.resume().once('end', () => process.exit(0));
