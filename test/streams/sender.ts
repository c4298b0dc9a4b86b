/**
 * A vendor that sends without end and tries each event again until it is answered 2xx, as vendors do. Among its deliveries
 * are repeats, forgeries and garbage. The sender's book of the ledger.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { STRIPE_SECRET } from './running-gateway.ts';
import { sendStripe, stripeBody } from './stripe-deliveries.ts';

export interface SenderOptions {
  /** Asked for each try. */
  url: () => string;
  /** Begins each id: another one for each sender of a log. */
  name: string;
  /** Deliveries at the same time. @default 8 */
  lanes?: number;
  /** Between two deliveries of a lane, milliseconds. @default 0 */
  pauseMs?: number;
  /** @default that of `running-gateway.ts` */
  secret?: string;
}

export interface Sender extends AsyncDisposable {
  /** Ids answered 2xx. */
  answered: Set<string>;
  /** Forged ones that were answered 2xx. */
  forgedAccepted: string[];
  /** Tries that nobody answered, or with 503. */
  failures(): number;
  /** Sends nothing new; resolves when everything begun was answered 2xx. */
  finish(): Promise<void>;
}

const TRY_AGAIN_MS = 20;

export function startSender({ url, name, lanes = 8, pauseMs = 0, secret = STRIPE_SECRET }: SenderOptions): Sender {
  const answered = new Set<string>();
  const forgedAccepted: string[] = [];
  const given = new AbortController();
  let failures = 0;
  let last = 0;
  let isFinishing = false;

  /** False: the test is over. */
  const untilAnswered = async (body: string): Promise<boolean> => {
    while (!given.signal.aborted) {
      const status = await sendStripe(url(), body, secret).catch(() => undefined);
      if (status !== undefined && status >= 200 && status < 300) return true;
      // Whatever befalls the gateway, a good delivery is never refused for good.
      if (status !== undefined && status !== 503) throw new Error(`A good delivery was answered ${status}.`);
      failures++;
      await pause(TRY_AGAIN_MS);
    }
    return false;
  };
  const deliver = async (number: number): Promise<void> => {
    const id = `${name}-${number}`;
    const body = stripeBody({ id });
    const tries = [untilAnswered(body), ...(number % 10 === 0 ? [untilAnswered(body)] : [])];
    if ((await Promise.all(tries)).every(Boolean)) answered.add(id);
  };
  const forge = async (number: number): Promise<void> => {
    const id = `${name}-forged-${number}`;
    const status = await sendStripe(url(), stripeBody({ id }), 'whsec_of_somebody_else').catch(() => 0);
    if (status >= 200 && status < 300) forgedAccepted.push(id);
  };
  const lane = async (): Promise<void> => {
    while (!isFinishing) {
      const number = ++last;
      await deliver(number);
      if (number % 25 === 0) await forge(number);
      if (number % 100 === 0) await untilAnswered(`{ this is no JSON ${name} ${number}`);
      if (pauseMs > 0) await pause(pauseMs);
    }
  };
  const sending = Promise.all(Array.from({ length: lanes }, lane));
  // Told by `finish`.
  sending.catch(() => {});
  const finish = async (): Promise<void> => {
    isFinishing = true;
    await sending;
  };
  return {
    answered,
    forgedAccepted,
    failures: () => failures,
    finish,
    async [Symbol.asyncDispose]() {
      given.abort();
      await finish().catch(() => {});
    },
  };
}
