/** The mutation with which a named consumer says how far it has got. Where that is kept is the gateway's affair. */
import { GatewayError } from '../errors.ts';
import type { Join, JoinContext } from './join.ts';

export interface AckedEvents {
  consumer: string;
  /** Where the consumer stands now: later than what was acknowledged, when it had been there before. */
  cursor: string;
}

export interface EventAckContext extends JoinContext {
  /** Throws CURSOR_INVALID, CURSOR_EXPIRED, BAD_USER_INPUT. Absent: this gateway keeps no events. */
  ackEvents?: (consumer: string, cursor: string) => Promise<AckedEvents>;
}

async function ackEvents(
  _root: unknown,
  { consumer, cursor }: { consumer: string; cursor: string },
  { ackEvents: acknowledge }: EventAckContext,
): Promise<AckedEvents> {
  if (!acknowledge) throw new GatewayError('INTERNAL', 'This gateway keeps no events.', { retryable: false });
  return acknowledge(consumer, cursor);
}

export const eventAcksJoin: Join = { Mutation: { ackEvents } };
