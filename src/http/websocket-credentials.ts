/** Whose a WebSocket is: asked when it opens, and again and again as long as it is open. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CloseCode } from 'graphql-ws';
import { REASON_HEADER, reasonOf } from '../graph/reason.ts';
import { mayExplain } from './explain-header.ts';
import type { GraphqlOptions } from './graphql.ts';
import { createOutbox } from './outbox.ts';
import type { TellUnknownCaller } from './unknown-callers.ts';
import type { ConnectionParams, OpenSocket } from './websocket-connection.ts';

/**
 * Between two looks at the credentials of open connections. One that has ended, or was revoked, ends its connection: within a
 * minute, with the 30 s that an issuer's clock may be off at most, and the last words of its subscriptions.
 */
const RECHECK_MS = 20_000;
/** How long a connection that has to end waits for its subscriptions to say where they stand. */
const LAST_WORDS_MS = 1_000;

/** False: it was told that nobody knows it. */
export async function admitSocket(
  params: ConnectionParams | undefined,
  extra: OpenSocket,
  options: GraphqlOptions,
  tellUnknown: TellUnknownCaller,
): Promise<boolean> {
  const authorization = textOf(params?.authorization);
  const principal = await options.authenticate(authorization);
  if (!principal) {
    tellUnknown('ws', authorization);
    extra.socket.close(CloseCode.Forbidden, 'UNAUTHENTICATED: no valid credential in connectionParams.authorization');
    return false;
  }
  extra.principal = principal;
  extra.authorization = authorization;
  extra.explain = mayExplain(options, textOf(params?.['x-vendorgraph-explain']), principal);
  extra.reason = reasonOf(params?.[REASON_HEADER]);
  extra.running = new Map();
  extra.outbox = createOutbox(extra.socket, extra.stream);
  return true;
}

/** A connection outlives many requests: what its credential opens is looked up again. */
export function watchCredentials(
  open: ReadonlySet<OpenSocket>,
  { authenticate, recheckMs = RECHECK_MS }: Pick<GraphqlOptions, 'authenticate' | 'recheckMs'>,
): Disposable {
  const check = async (): Promise<void> => {
    for (const extra of open) {
      const principal = await authenticate(extra.authorization);
      if (principal) extra.principal = principal;
      else void closeForbidden(extra);
    }
  };
  const timer = setInterval(() => void check(), recheckMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Each subscription learns first where it stands, and then that it is over. */
async function closeForbidden({ socket, running }: OpenSocket): Promise<void> {
  const streams = Array.from(running?.values() ?? [], ({ context }) => context?.stream).filter(
    (one) => one !== undefined,
  );
  await Promise.all(streams.map((stream) => stream.recheck()));
  await Promise.race([Promise.all(streams.map(({ ended }) => ended)), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  // What they ended with is written in the same turn.
  setImmediate(() => socket.close(CloseCode.Forbidden, 'UNAUTHENTICATED: the credential has ended or was revoked'));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
