/**
 * How much a client may ask for over time, all its operations together. The defaults are for a whole client: a frontend's
 * key carries all its users, an agent's key one agent. Cost is in calls to vendors.
 */
import { z } from 'zod';

export interface QuotaLimits {
  requestsPerMinute: number;
  requestsPerDay: number;
  costPerMinute: number;
  costPerDay: number;
  /** Operations that are mutations. */
  writesPerMinute: number;
  writesPerDay: number;
  /** Operations at the same time. */
  concurrency: number;
  /** Open subscriptions: each may hold a connection and the events its reader has not taken yet. */
  subscriptions: number;
}

const ENDLESS = 1_000_000_000;

export const DEFAULT_QUOTAS = {
  frontend: {
    requestsPerMinute: 12_000,
    requestsPerDay: 5_000_000,
    costPerMinute: 60_000,
    costPerDay: 20_000_000,
    writesPerMinute: 1_200,
    writesPerDay: 200_000,
    concurrency: 500,
    subscriptions: 2_000,
  },
  app: {
    requestsPerMinute: 12_000,
    requestsPerDay: 5_000_000,
    costPerMinute: 60_000,
    costPerDay: 20_000_000,
    writesPerMinute: 1_200,
    writesPerDay: 200_000,
    concurrency: 500,
    subscriptions: 2_000,
  },
  agent: {
    requestsPerMinute: 300,
    requestsPerDay: 50_000,
    costPerMinute: 3_000,
    costPerDay: 300_000,
    writesPerMinute: 30,
    writesPerDay: 2_000,
    concurrency: 10,
    subscriptions: 20,
  },
  // Whoever runs the gateway is not kept out of it.
  operator: {
    requestsPerMinute: ENDLESS,
    requestsPerDay: ENDLESS,
    costPerMinute: ENDLESS,
    costPerDay: ENDLESS,
    writesPerMinute: ENDLESS,
    writesPerDay: ENDLESS,
    concurrency: ENDLESS,
    subscriptions: ENDLESS,
  },
} as const satisfies Record<'frontend' | 'app' | 'agent' | 'operator', QuotaLimits>;

const atMost = (what: string) => z.int().min(1).max(1_000_000_000).optional().describe(what);
/** Zero forbids. */
const writes = (what: string) => z.int().min(0).max(1_000_000_000).optional().describe(what);

/** What a person writes: any part of it; what is left out keeps the default of the client's kind. */
export const quotaSchema = z.strictObject({
  requestsPerMinute: atMost('Operations in a minute.'),
  requestsPerDay: atMost('Operations in a day.'),
  costPerMinute: atMost('Calls to vendors in a minute.'),
  costPerDay: atMost('Calls to vendors in a day.'),
  writesPerMinute: writes('Mutations in a minute. 0: none.'),
  writesPerDay: writes('Mutations in a day. 0: none.'),
  concurrency: atMost('Operations at the same time.'),
  subscriptions: z.int().min(0).max(1_000_000_000).optional().describe('Open subscriptions. 0: none.'),
});

export type QuotaOverrides = z.infer<typeof quotaSchema>;

export function resolveQuota(kind: keyof typeof DEFAULT_QUOTAS, overrides: QuotaOverrides = {}): QuotaLimits {
  const own = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_QUOTAS[kind], ...Object.fromEntries(own) };
}
