import { expect, it } from 'vitest';
import type { AuditLog } from '../../src/audit/audit-log.ts';
import { isForTheRecord } from '../../src/graph/refusal-record.ts';

const log = (): AuditLog => ({
  record: () => true,
  commit: async () => {},
  isWritable: () => true,
  read: async () => ({ edges: [], endCursor: null, hasNextPage: false }),
  async [Symbol.asyncDispose]() {},
});
const refused = (code: string) => ({ kind: 'refused', outcome: 'refused', codes: [code] }) as const;

it('takes one refusal a second of a client whose quota is used up, and all others', () => {
  const audit = log();
  const told = [0, 1, 999, 1_000, 1_500, 2_000].filter((now) =>
    isForTheRecord(audit, 'busy', refused('QUOTA_EXCEEDED'), now),
  );
  expect(told).toEqual([0, 1_000, 2_000]);
  expect(isForTheRecord(audit, 'another', refused('QUOTA_EXCEEDED'), 2_001)).toBe(true);
  expect(isForTheRecord(log(), 'busy', refused('QUOTA_EXCEEDED'), 2_001)).toBe(true);
  for (let time = 0; time < 3; time += 1)
    expect(isForTheRecord(audit, 'busy', refused('SCOPE_MISSING'), 2_001)).toBe(true);
});
