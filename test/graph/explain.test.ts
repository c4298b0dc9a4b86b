import { describe, expect, it } from 'vitest';
import { explain } from '../../src/graph/explain.ts';
import type { VendorCallRecord } from '../../src/vendors/call-scope.ts';

const call = (startedAt: number, endedAt: number, more: Partial<VendorCallRecord> = {}): VendorCallRecord => ({
  vendor: 'stripe',
  operation: 'stripeInvoices',
  method: 'GET',
  status: 200,
  askedAt: startedAt,
  startedAt,
  endedAt,
  keys: 1,
  cached: false,
  attempt: 1,
  ...more,
});

describe('the explanation', () => {
  it('counts calls in flight together as one wave', () => {
    expect(explain([call(0, 10), call(1, 5), call(2, 30)]).waves).toBe(1);
  });

  it('counts calls that began after an earlier one had ended as waves', () => {
    expect(explain([call(0, 10), call(11, 20), call(12, 15), call(21, 22)]).waves).toBe(3);
  });

  it('counts calls that waited for a place, and not for an answer, as one wave', () => {
    const places = Array.from({ length: 100 }, (_, index) => Math.floor(index / 8) * 10);
    expect(explain(places.map((start) => call(start, start + 10, { askedAt: 0 }))).waves).toBe(1);
    const behind = call(210, 220, { askedAt: 130 });
    expect(explain([...places.map((start) => call(start, start + 10, { askedAt: 0 })), behind]).waves).toBe(2);
  });

  it('charges nothing for shared reads, and shows them', () => {
    const { cost, waves, vendorCalls } = explain([call(0, 10), call(0, 10, { cached: true })]);
    expect({ cost, waves, shown: vendorCalls.length }).toEqual({ cost: 1, waves: 1, shown: 2 });
  });

  it('has no waves without calls', () => {
    expect(explain([])).toEqual({ vendorCalls: [], waves: 0, cost: 0 });
  });
});
