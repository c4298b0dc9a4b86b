import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import signed from '../../sources/stripe/fixtures/signed-delivery.json' with { type: 'json' };
import vector from '../../sources/stripe/fixtures/webhook-vector.json' with { type: 'json' };
import { EVENT_TYPES } from '../../sources/stripe/sandbox-events.ts';
import { signStripe } from '../../sources/stripe/sandbox-signature.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const { webhooks } = new Stripe('sk_test_unused');

function emit({ controlUrl }: Sandbox, type: string): Promise<Response> {
  return fetch(`${controlUrl}/emit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vendor: 'stripe', type }),
  });
}

interface StripeEventBody {
  id: string;
  object: string;
  type: string;
  data: {
    object: { id: string; object: string; [field: string]: unknown };
    previous_attributes?: Record<string, unknown>;
  };
}

/** One emitted event of the type, verified by the vendor's library, and the object as a read shows it afterwards. */
async function emitted(sandbox: Sandbox, receiver: WebhookReceiver, type: string) {
  expect((await emit(sandbox, type)).status).toBe(200);
  const delivery = receiver.received.at(-1);
  if (delivery === undefined) throw new Error(`No delivery of ${type} came.`);
  const secret = sandbox.webhookSecrets.stripe ?? '';
  const signature = delivery.headers['stripe-signature'] ?? '';
  const event = webhooks.constructEvent(delivery.body, signature, secret) as unknown as StripeEventBody;
  const { object } = event.data;
  const answer = await fetch(`${sandbox.urls.stripe}/v1/${object.object}s/${object.id}`, {
    headers: { authorization: `Bearer ${sandbox.credentials.stripe?.['token']}` },
  });
  return { delivery, event, secret, signature, stored: (await answer.json()) as Record<string, unknown> };
}

it('signs the vendor’s vector to the letter', () => {
  expect(signStripe(vector.body, vector.secret, vector.timestamp)).toBe(vector.expected['Stripe-Signature']);
});

it('has an example delivery that the vendor’s library accepts at its time, and refuses 301 s later', () => {
  const time = Number(/t=(\d+)/.exec(signed.headers['stripe-signature'])?.[1]) * 1000;
  const verify = (receivedAt: number) =>
    webhooks.constructEvent(signed.body, signed.headers['stripe-signature'], signed.secret, 300, undefined, receivedAt);
  expect(verify(time).type).toBe('invoice.paid');
  expect(() => verify(time + 301_000)).toThrow(/tolerance/);
});

describe('every event type', () => {
  it.each([...EVENT_TYPES])(
    '%s passes the vendor’s library, fails with one byte changed, and is true of the account',
    async (type) => {
      await using receiver = await startWebhookReceiver();
      await using sandbox = await startSandbox({ vendors: ['stripe'], webhookBaseUrl: receiver.url });
      const { delivery, event, secret, signature, stored } = await emitted(sandbox, receiver, type);
      expect(event).toMatchObject({ object: 'event', type });
      expect(delivery.path).toBe('/stripe');
      expect(() => webhooks.constructEvent(delivery.body.replace('"evt_', '"evu_'), signature, secret)).toThrow();
      if (type === 'customer.deleted') {
        expect(stored).toEqual({ id: event.data.object.id, object: 'customer', deleted: true });
      } else {
        expect(stored).toEqual(event.data.object);
      }
      const { previous_attributes: previous = {} } = event.data;
      for (const [field, value] of Object.entries(previous)) expect(event.data.object[field]).not.toEqual(value);
    },
  );
});

it('carries what was before only in events about a change', async () => {
  await using receiver = await startWebhookReceiver();
  await using sandbox = await startSandbox({ vendors: ['stripe'], webhookBaseUrl: receiver.url });
  const { event: updated } = await emitted(sandbox, receiver, 'customer.updated');
  expect(Object.keys(updated.data.previous_attributes ?? {})).toEqual(['phone']);
  const { event: created } = await emitted(sandbox, receiver, 'customer.created');
  expect(created.data).not.toHaveProperty('previous_attributes');
});

it('pays an invoice with a charge of its own, and fails one with a failed charge', async () => {
  await using receiver = await startWebhookReceiver();
  await using sandbox = await startSandbox({ vendors: ['stripe'], webhookBaseUrl: receiver.url });
  const chargeOf = async (type: string) => {
    const { stored } = await emitted(sandbox, receiver, type);
    const answer = await fetch(`${sandbox.urls.stripe}/v1/charges/${stored['charge']}`, {
      headers: { authorization: `Bearer ${sandbox.credentials.stripe?.['token']}` },
    });
    return { stored, charge: (await answer.json()) as Record<string, unknown> };
  };
  const paid = await chargeOf('invoice.paid');
  expect(paid.stored).toMatchObject({ status: 'paid', amount_remaining: 0 });
  expect(paid.charge).toMatchObject({
    invoice: paid.stored['id'],
    amount: paid.stored['amount_due'],
    status: 'succeeded',
  });
  const failed = await chargeOf('invoice.payment_failed');
  expect(failed.stored).toMatchObject({ status: 'open', attempted: true });
  expect(failed.charge).toMatchObject({
    invoice: failed.stored['id'],
    status: 'failed',
    failure_code: 'card_declined',
  });
});

it('gives each delivery an id of its own', async () => {
  await using receiver = await startWebhookReceiver();
  await using sandbox = await startSandbox({ vendors: ['stripe'], webhookBaseUrl: receiver.url });
  for (let count = 0; count < 5; count += 1) await emit(sandbox, 'customer.updated');
  const ids = receiver.received.map(({ body }) => (JSON.parse(body) as StripeEventBody).id);
  expect(new Set(ids).size).toBe(5);
});
