/** `vendorgraph audit …`, as a person runs it. */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commitMany, type DataFolder, entryOf, makeDataFolder } from '../audit/log-under-test.ts';

const MAIN = fileURLToPath(new URL('../../bin/vendorgraph.js', import.meta.url));
const KEY = 'a-key-that-is-kept-in-a-vault-and-nowhere-else';

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'audit', ...args], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

async function fill(folder: DataFolder, key?: string): Promise<void> {
  let hour = 0;
  await using log = folder.open({ key, now: () => Date.UTC(2026, 0, 1, hour) });
  for (hour = 1; hour <= 4; hour += 1)
    await log.commit(entryOf(`r${hour}`, { client: hour % 2 ? 'console' : 'agent' }));
}

async function change(folder: DataFolder, from: string, to: string): Promise<void> {
  const path = join(folder.auditDir, 'audit-000000000001.jsonl');
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
}

describe('vendorgraph audit verify', () => {
  it('says that the log is whole, with the head to keep elsewhere', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const { stdout, status } = run(['verify'], { VENDORGRAPH_DATA_DIR: folder.dataDir });
    expect(stdout).toMatch(/^ok: 4 entries in 1 file, head 4:[0-9a-f]{64}\n$/);
    expect(status).toBe(0);
  });

  it('ends with 1 and names entry, file and place of what was changed', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    await change(folder, '"requestId":"r3"', '"requestId":"rX"');
    const { stdout, status } = run(['verify', '--data-dir', folder.dataDir]);
    expect(stdout).toMatch(
      /^BROKEN at entry 3: audit-000000000001\.jsonl, byte \d+\n {2}expected the hash [0-9a-f]{64}\n/,
    );
    expect(stdout).toMatch('2 entries before it are as they were written.');
    expect(status).toBe(1);
  });

  it('prints JSON for machines', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    await change(folder, '"requestId":"r3"', '"requestId":"rX"');
    const { stdout } = run(['verify', '--json', '--data-dir', folder.dataDir]);
    expect(JSON.parse(stdout)).toMatchObject({ entries: 2, problem: { seq: 3, file: 'audit-000000000001.jsonl' } });
  });

  it('holds the log against a head kept elsewhere', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const [, head = ''] = /head (\S+)/.exec(run(['verify', '--data-dir', folder.dataDir]).stdout) ?? [];
    expect(run(['verify', '--data-dir', folder.dataDir, '--head', head]).status).toBe(0);
    const other = run(['verify', '--data-dir', folder.dataDir, '--head', `2:${head.slice(2)}`]);
    expect(other.stdout).toMatch('BROKEN at entry 2');
    expect(other.status).toBe(1);
    expect(run(['verify', '--data-dir', folder.dataDir, '--head', '4']).stderr).toMatch(
      '--head: Found "4", expected a number',
    );
  });

  it('takes the key from the environment, and never shows it', async () => {
    await using folder = await makeDataFolder();
    await fill(folder, KEY);
    expect(run(['verify', '--data-dir', folder.dataDir], { VENDORGRAPH_AUDIT_KEY: KEY }).status).toBe(0);
    const wrong = run(['verify', '--data-dir', folder.dataDir], { VENDORGRAPH_AUDIT_KEY: `${KEY}!` });
    expect(wrong.status).toBe(1);
    expect(wrong.stdout).toMatch('another key');
    expect(wrong.stdout + wrong.stderr).not.toMatch(KEY);
    expect(run(['verify', '--data-dir', folder.dataDir]).stdout).toMatch('no key to check it with');
  });

  it('works beside the gateway that writes', async () => {
    await using folder = await makeDataFolder();
    await using log = folder.open();
    await commitMany(log, 5);
    expect(run(['verify', '--data-dir', folder.dataDir]).stdout).toMatch('ok: 5 entries');
    await commitMany(log, 1, 6);
  });

  it('says that there is nothing where there is nothing', async () => {
    await using folder = await makeDataFolder();
    expect(run(['verify', '--data-dir', folder.dataDir])).toMatchObject({
      stdout: 'There are no entries.\n',
      status: 0,
    });
  });
});

describe('vendorgraph audit export', () => {
  const ids = (stdout: string): string[] =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).requestId);

  it('prints entries as JSON lines, oldest first, by time and client', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const place = ['--data-dir', folder.dataDir];
    expect(ids(run(['export', ...place]).stdout)).toEqual(['r1', 'r2', 'r3', 'r4']);
    const times = ['--from', '2026-01-01T02:00:00Z', '--to', '2026-01-01T04:00:00Z'];
    expect(ids(run(['export', ...place, ...times]).stdout)).toEqual(['r2', 'r3']);
    expect(ids(run(['export', ...place, '--client', 'agent']).stdout)).toEqual(['r2', 'r4']);
    expect(run(['export', ...place, '--from', 'soon']).stderr).toMatch('--from: Found "soon", expected a time');
  });

  it('prints the lines of the log themselves with --hashes', async () => {
    await using folder = await makeDataFolder();
    await fill(folder);
    const { stdout } = run(['export', '--hashes', '--data-dir', folder.dataDir]);
    expect(stdout).toBe(await folder.text('audit-000000000001.jsonl'));
  });
});
