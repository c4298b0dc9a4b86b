/** Acknowledgements of named consumers: for apps that keep no position themselves. */
import type { VendorName } from '../config/vendor-name.ts';
import type { EventLog } from '../events/log.ts';
import { checkPlace } from './continuity.ts';
import type { Cursors } from './cursor.ts';
import { checkConsumerName, consumerKey } from './start-position.ts';

export interface Acknowledgement {
  principal: string;
  consumer: string;
  cursor: string;
}

export interface Consumers {
  /**
   * Everything of the cursor's field up to and with it is done. Cumulative, idempotent, never backwards; a consumer that is not known yet
   * begins there. Returns the cursor where it stands now. Throws CURSOR_INVALID, CURSOR_EXPIRED for a cursor of an
   * epoch that is not known, STREAM_GAP for one beyond its end, BAD_USER_INPUT for an impossible name.
   */
  ack(acknowledgement: Acknowledgement): Promise<string>;
}

export interface ConsumersOptions {
  eventLog: EventLog;
  cursors: Cursors;
  /** Of the subscriptions: a cursor is bound to its field, an acknowledgement does not name it. */
  fields: readonly string[];
  /** Those that are followed. */
  vendors: readonly VendorName[];
}

export function createConsumers({ eventLog, cursors, fields, vendors }: ConsumersOptions): Consumers {
  return {
    async ack({ principal, consumer, cursor }) {
      checkConsumerName(consumer);
      const { field, ...place } = cursors.open(cursor, principal, fields);
      const sign = cursors.signer({ principal, field });
      // Retention does not count: what was pruned since it was delivered is done all the same.
      await checkPlace(place, { log: eventLog, vendors, sign });
      const position = await eventLog.commitConsumer(principal, consumerKey(consumer, field), place.position);
      return sign({ epoch: await eventLog.epoch(), position });
    },
  };
}
