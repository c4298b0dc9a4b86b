/** Two gateways on one data folder: the audit log has one writer, and the second is told so before it takes a request. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ask, runCommand, startWithSandbox } from './running-command.ts';

function dataFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'vendorgraph-two-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

it('refuses to start beside a gateway that writes the audit log of the same folder, and starts once that has ended', async () => {
  using folder = dataFolder();
  const env = { VENDORGRAPH_DATA_DIR: folder.path };
  await using first = await startWithSandbox({ env });
  // A write is on disk before it is answered: from then on the log has its writer.
  await first.ask('mutation { slackPostMessage(input: { channel: "C0", text: "x" }) { ts } }', 'vg_demo_app');

  await using second = runCommand(['start', '--sandbox'], { env });
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stdout()).toBe('');
  expect(second.stderr()).toMatch(
    new RegExp(`^\\S*writer\\.lock\\b.*Found this audit log in use by process ${first.pid} on .*VENDORGRAPH_DATA_DIR`),
  );
  expect(second.stderr()).not.toMatch(/^\s+at /m);
  expect((await ask(first.url, '{ __typename }')).status).toBe(200);

  first.kill('SIGKILL');
  await first.ended;
  await using third = await startWithSandbox({ env });
  expect((await third.ask('{ __typename }')).status).toBe(200);
});
