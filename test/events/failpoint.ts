/** Opens a log with a fault on order; logs opened later have none. */
import { FAILPOINT_VARIABLE } from '../../src/events/failpoint.ts';

export async function underFailpoint<Result>(failpoint: string, open: () => Promise<Result>): Promise<Result> {
  process.env[FAILPOINT_VARIABLE] = failpoint;
  try {
    return await open();
  } finally {
    delete process.env[FAILPOINT_VARIABLE];
  }
}
