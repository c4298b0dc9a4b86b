/** Kills a gateway under load again and again, each time at another moment: few rounds in CI, more in the soak. */
import { follow } from './follower.ts';
import { expectBalanced } from './ledger.ts';
import { startRunningGateway } from './running-gateway.ts';
import { startSender } from './sender.ts';
import { until } from './until.ts';

export interface KillRounds {
  rounds: number;
  /** Of the gateway, beside what `startRunningGateway` sets. */
  env?: Record<string, string>;
}

/** Resolves with how many events were answered; rejects when the books do not agree. */
export async function killRounds({ rounds, env = {} }: KillRounds): Promise<number> {
  await using gateway = await startRunningGateway(env);
  const url = () => gateway.url;
  await using bySocket = follow({ url, over: 'WebSocket' });
  await using bySse = follow({ url, over: 'SSE' });
  await using sender = startSender({ url, name: 'evt' });
  const more = (count: number): Promise<void> => {
    const end = sender.answered.size + count;
    return until(
      () => sender.answered.size >= end,
      () => `Only ${sender.answered.size} of ${end} were answered.`,
    );
  };
  for (let round = 0; round < rounds; round += 1) {
    await more(10 + ((round * 97) % 200));
    await gateway.kill('SIGKILL');
    await gateway.start();
  }
  await more(20);
  await sender.finish();
  await expectBalanced(bySocket, [sender]);
  await expectBalanced(bySse, [sender]);
  return sender.answered.size;
}
