/** A receiver behind a real socket. The test that starts one ends it: `await using`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog } from '../../src/observe/log.ts';
import type { WebhookCounters } from '../../src/webhooks/counters.ts';
import {
  createWebhookReceiver,
  type WebhookReceiver,
  type WebhookReceiverOptions,
} from '../../src/webhooks/receiver.ts';
import type { ResolvedWebhook } from '../../src/webhooks/resolved-webhook.ts';
import { NOW } from './signers.ts';

export interface ReceiverUnderTest extends AsyncDisposable {
  /** Without a slash at its end. */
  url: string;
  port: number;
  receiver: WebhookReceiver;
  /** `<counter> <vendor> <what>` → how often. */
  counted: Record<string, number>;
  /** JSON lines. */
  logged: string[];
  post(path: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

export type ReceiverSketch = Pick<WebhookReceiverOptions, 'log'> &
  Partial<Omit<WebhookReceiverOptions, 'vendors'>> & { webhooks: readonly ResolvedWebhook[] };

/** Its clock stands at NOW. */
export async function startReceiver({ webhooks, ...options }: ReceiverSketch): Promise<ReceiverUnderTest> {
  const counted: Record<string, number> = {};
  const logged: string[] = [];
  const logger = createLog({ level: 'debug', destination: { write: (line: string) => void logged.push(line) } });
  const receiver = createWebhookReceiver({
    vendors: new Map(webhooks.map((webhook) => [webhook.vendor, webhook])),
    publicUrl: () => 'https://graph.example.com',
    logger,
    counters: countersInto(counted),
    now: () => NOW,
    ...options,
  });
  const server = createServer((request, response) => void receiver.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an object, never a path.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ url, port, receiver, counted, logged },
    async post(path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
      return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function countersInto(counted: Record<string, number>): WebhookCounters {
  const count = (name: string) => {
    counted[name] = (counted[name] ?? 0) + 1;
  };
  return {
    delivery: (vendor, result) => count(`delivery ${vendor} ${result}`),
    refused: (vendor, reason) => count(`refused ${vendor} ${reason}`),
    verifiedBy: (vendor, secret) => count(`verifiedBy ${vendor} ${secret}`),
    event: (vendor, outcome) => count(`event ${vendor} ${outcome}`),
    deadLetter: (vendor, reason) => count(`deadLetter ${vendor} ${reason}`),
  };
}
