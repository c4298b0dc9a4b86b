/** What subscriptions need of the gateway: where events come from, and what they are in the graph. */
import type { EventTypes } from '../joins/event-types.ts';
import type { Consumers } from '../subscriptions/consumers.ts';
import type { Cursors } from '../subscriptions/cursor.ts';
import type { EventHub } from '../subscriptions/event-hub.ts';
import type { StreamOptions } from '../subscriptions/event-stream.ts';

export interface EventSource extends Pick<StreamOptions, 'measures' | 'maxLagMs' | 'stalledAfterMs'> {
  hub: EventHub;
  cursors: Cursors;
  consumers: Consumers;
  types: EventTypes;
}
