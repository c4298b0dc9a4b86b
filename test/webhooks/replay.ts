/** One signed body of GitHub's, sent again under ids that nobody signed. */
import { createMemoryLog } from './memory-log.ts';
import { startReceiver } from './receiver-under-test.ts';
import { NOW, signerOf } from './signers.ts';
import { webhookOf } from './webhook-of.ts';

/** What the receiver counted. Throws unless each was answered 200. */
export async function replayUnderFreshIds(ids: readonly string[]): Promise<Record<string, number>> {
  const github = signerOf('github');
  const webhook = webhookOf({
    ...github,
    vendor: 'github',
    settings: { type: ['event', 'header:x-github-event'], idHeader: 'x-github-delivery' },
  });
  await using under = await startReceiver({ log: createMemoryLog(), webhooks: [webhook] });
  for (const id of ids) {
    const headers = { ...github.sign({ body: '{}', at: NOW }), 'x-github-event': 'push', 'x-github-delivery': id };
    const { status } = await under.post('/webhooks/github', '{}', headers);
    if (status !== 200) throw new Error(`It was answered ${status}.`);
  }
  return under.counted;
}
