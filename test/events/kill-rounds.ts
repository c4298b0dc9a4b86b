/** Kills a writing process again and again, each time at another moment: few rounds in CI, more in `npm run soak`. */
import { appendUntilKilled, expectWhole } from './acknowledged.ts';

/** Fails when anything acknowledged in any round is gone. Returns how many deliveries were acknowledged. */
export async function killRounds(path: string, rounds: number): Promise<number> {
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const after = 1 + ((round * 97) % 400);
    acknowledged.push(...(await appendUntilKilled({ path, run: `run${round}`, after })));
    await expectWhole(path, acknowledged);
  }
  return acknowledged.length;
}
