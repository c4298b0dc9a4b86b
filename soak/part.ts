/** A part of a long run: it comes to an end in its time, or that it did not is what went wrong. */
import { setTimeout as wait } from 'node:timers/promises';

/** Rejects when `work` takes longer; what it started then ends with this process. */
export async function part<Result>(what: string, mostMinutes: number, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const tooLong = async (): Promise<never> => {
    await wait(mostMinutes * 60_000, undefined, { signal: over.signal });
    throw new Error(`${what} came to no end within ${mostMinutes} minutes.`);
  };
  try {
    return await Promise.race([work(), tooLong()]);
  } finally {
    over.abort();
  }
}
