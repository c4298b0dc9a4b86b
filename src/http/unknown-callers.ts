/** Callers nobody knows: counted, and told to the log once a minute at most. Not recorded: strangers could fill the record. */
import type { Transport } from '../graph/context.ts';
import type { Logger } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { SeldomLog } from '../webhooks/seldom-log.ts';

export interface TellingOptions {
  log: Logger;
  metrics: Metrics;
}

/** `authorization`: what it came with; nothing of it is told but whether there was any. */
export type TellUnknownCaller = (transport: Transport, authorization: string | null | undefined) => void;

export function createTellUnknownCaller({ log, metrics }: TellingOptions): TellUnknownCaller {
  const seldom = new SeldomLog(log, Date.now);
  return (transport, authorization) => {
    metrics.authenticationFailed(transport);
    const reason = authorization ? `no valid credential (${transport})` : `no credential (${transport})`;
    seldom.warn({ reason }, 'caller refused');
  };
}
