/** A delivery that can be made again from its number, by another process: for tests that kill one. */
import type { Delivery } from '../../src/events/delivery.ts';
import { batchOf } from './delivery.ts';

/** Its id is `<run>:<number>`. */
export function numberedDelivery(run: string, number: number): Delivery {
  const id = `${run}:${number}`;
  return batchOf(id, eventsIn(number), { id });
}

/** Again, from its id. */
export function deliveryNamed(id: string): Delivery {
  const [run = '', number = ''] = id.split(':');
  return numberedDelivery(run, Number(number));
}

const eventsIn = (number: number): number => (number % 3 === 0 ? 3 : 1);
