/** What tests of the door and of the executor start from. */
import type { z } from 'zod';
import { type VendorConfig, vendorSchema } from '../../src/config/vendor.ts';
import type { CallScope, VendorCallRecord, VendorRequest } from '../../src/vendors/call-scope.ts';
import { createVendorDoor, type VendorDoor } from '../../src/vendors/door.ts';

export const TOKEN = 'sk_test_4eC39HqLyjWDarjtT1zdp7dc';

export function stripeConfig(changes: Partial<z.input<typeof vendorSchema>> = {}): VendorConfig {
  return vendorSchema.parse({
    vendor: 'stripe',
    title: 'Stripe',
    role: 'billing',
    endpoint: 'https://api.stripe.com',
    auth: { kind: 'bearer', token: 'secret://env/STRIPE_TOKEN' },
    limits: { concurrency: 8 },
    retry: { baseMs: 1, maxMs: 5 },
    errors: { message: ['error.message'], code: ['error.code'] },
    ...changes,
  });
}

export function stripeDoor(endpoint: string, config = stripeConfig(), records?: VendorCallRecord[]): VendorDoor {
  const authorize = () => ({ authorization: `Bearer ${TOKEN}` });
  return createVendorDoor({
    connections: new Map([['stripe', { config, endpoint, authorize }]]),
    ...(records === undefined ? {} : { onCall: (call) => records.push(call) }),
  });
}

export interface TestScope extends CallScope {
  records: VendorCallRecord[];
}

export function testScope(changes: Partial<CallScope> = {}): TestScope {
  const records: VendorCallRecord[] = [];
  return {
    requestId: 'r1',
    principal: 'key:test',
    signal: new AbortController().signal,
    deadlineAt: Date.now() + 20_000,
    authorize: () => undefined,
    reads: new Map(),
    record: (call) => records.push(call),
    records,
    ...changes,
  };
}

export function read(changes: Partial<VendorRequest> = {}): VendorRequest {
  return {
    vendor: 'stripe',
    operation: 'stripeCustomer',
    method: 'GET',
    target: '/v1/customers/cus_1',
    template: '/v1/customers/{id}',
    headers: {},
    access: 'read',
    ...changes,
  };
}

export function write(changes: Partial<VendorRequest> = {}): VendorRequest {
  return read({ operation: 'stripeUpdateCustomer', method: 'POST', access: 'write', body: 'name=a', ...changes });
}

/** The error's whole chain of causes, as a log would show it. */
export function wholeStory(error: unknown): string {
  const parts: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    parts.push(current.message, current.stack ?? '', JSON.stringify(current));
  }
  return parts.join('\n');
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
