/**
 * Deliveries on their way to the writer thread. The bytes of a group go into one buffer that changes hands: a view on a larger
 * buffer, as a socket gives them, would be copied with all of it. A body that is the delivery's bytes is not sent a second time.
 */
import type { Delivery } from './delivery.ts';
import type { Group, Job, PackedDelivery } from './sqlite-jobs.ts';
import type { Waiting } from './sqlite-queue.ts';

export function packGroup(group: readonly Waiting[]): Group {
  const deliveries = group.flatMap(({ work }) => ('delivery' in work ? [work.delivery] : []));
  const pack = new Pack(deliveries.reduce((sum, { raw }) => sum + raw.byteLength, 0));
  const jobs = group.map(({ work }): Job => {
    if ('job' in work) return work.job;
    return { kind: 'append', delivery: pack.add(work.delivery), at: work.at };
  });
  return { jobs, bytes: pack.bytes };
}

class Pack {
  readonly bytes: ArrayBuffer;
  readonly #view: Buffer;
  #end = 0;

  constructor(byteLength: number) {
    this.bytes = new ArrayBuffer(byteLength);
    this.#view = Buffer.from(this.bytes);
  }

  add({ headers, raw, events, ...rest }: Delivery): PackedDelivery {
    const rawFrom = this.#end;
    this.#view.set(raw, rawFrom);
    this.#end += raw.byteLength;
    const bytes = this.#view.subarray(rawFrom, this.#end);
    const isAll = (body: string): boolean => events.length === 1 && isText(bytes, body);
    return {
      ...rest,
      headers: JSON.stringify(headers),
      rawFrom,
      rawTo: this.#end,
      events: events.map((event) => ({ ...event, body: isAll(event.body) ? null : event.body })),
    };
  }
}

function isText(bytes: Buffer, text: string): boolean {
  return Buffer.byteLength(text) === bytes.length && bytes.equals(Buffer.from(text));
}
