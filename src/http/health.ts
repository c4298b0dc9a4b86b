/** What orchestrators and Prometheus ask: alive, ready, metrics. */
import type { Authenticate } from '../auth/principal.ts';
import type { Metrics } from '../observe/metrics.ts';
import { plain, type SimpleRoutes } from './server.ts';

export interface HealthOptions {
  authenticate: Authenticate;
  metrics: Metrics;
  /** What stands in the way of being ready; undefined: nothing. */
  obstacle(): string | undefined;
}

export function healthRoutes({ authenticate, metrics, obstacle }: HealthOptions): SimpleRoutes {
  return {
    '/livez': () => plain(200, 'alive\n'),
    '/readyz'() {
      const reason = obstacle();
      return reason === undefined ? plain(200, 'ready\n') : plain(503, `${reason}\n`);
    },
    async '/metrics'({ headers }) {
      const principal = await authenticate(headers.authorization);
      if (!principal) return plain(401, 'Send "Authorization: Bearer <API key>".\n');
      if (!principal.scopes.has('admin:read')) return plain(403, 'This needs the scope admin:read.\n');
      return { status: 200, type: metrics.contentType, body: await metrics.text() };
    },
  };
}
