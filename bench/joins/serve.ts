/** How the benchmark's own servers start and end: any free port, its address on standard output, SIGTERM. */
import type { Server } from 'node:http';

export function serve(server: Server): void {
  // Longer than any pause between two measurements: connections are kept.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    process.stdout.write(`ready http://127.0.0.1:${port}\n`);
  });
  process.once('SIGTERM', () => process.exit());
}
