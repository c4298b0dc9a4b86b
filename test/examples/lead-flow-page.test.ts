/** The page of `examples/lead-flow` shows what happens: its commands are run in their order, its outputs compared. Ids, times and ports differ. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, startWithSandbox } from '../start/running-command.ts';
import { run } from './lead-flow-world.ts';

const PAGE = readFileSync(join(ROOT, 'examples/lead-flow/README.md'), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');

/** What is another one in every run. */
function withoutIds(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\d{10}\.\d{6}/g, '<ts>')
    .replace(/lead \d+/g, 'lead <id>')
    .replace(/\b[A-Za-z0-9]{22}$/gm, '<uid>');
}

/** `NAME=value npx node script`, as a process with settings of its own added. */
function runLine(line: string, settings: Record<string, string>) {
  const [, assignments = '', script = ''] = /^((?:\w+=\S+ )*)npx node (\S+)$/.exec(line.trim()) ?? [];
  expect(script, line).not.toBe('');
  const given = assignments.split(' ').flatMap((pair) => (pair === '' ? [] : [pair.split('=')]));
  return run(join(ROOT, script), { ...settings, ...Object.fromEntries(given) });
}

/** The fields of curl's -d. */
function formOf(command: string): URLSearchParams {
  const fields = [...command.matchAll(/-d (\w+)=(?:'([^']*)'|(\S+))/g)];
  return new URLSearchParams(fields.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
}

it('shows what its commands really print', { timeout: 60_000 }, async () => {
  const [start = '', send = '', again = '', ledger = ''] = blocks('sh');
  const [stopped = '', resumed = '', written = ''] = blocks('text').map(withoutIds);
  const [npmStart, form = '', app = ''] = start.trim().split('\n');
  expect(npmStart).toBe('npm start');

  using folder = temporaryFolder();
  await using gateway = await startWithSandbox();
  const settings = { VENDORGRAPH_URL: gateway.url, LEAD_FORM_PORT: '0', LEAD_FLOW_JOURNAL: join(folder.path, 'j') };
  await using runningForm = runLine(form, settings);
  const [, formUrl = ''] = await runningForm.printed(/the form is at (\S+)/);
  {
    await using first = runLine(app, settings);
    await first.printed(/following the contacts/);
    const answer = await fetch(formUrl, { method: 'POST', body: formOf(send) });
    expect(await answer.text()).toContain('Thank you');
    await first.printed(/stopped at/);
    expect(withoutIds(first.output())).toBe(stopped);
  }
  await using second = runLine(again, settings);
  await second.printed(/ book .*\n/);
  expect(withoutIds(second.output())).toBe(resumed);

  const [, pattern = ''] = /grep -o '([^']+)'/.exec(ledger) ?? [];
  const writes = JSON.stringify(await gateway.control('GET', '/writes')).match(new RegExp(pattern, 'g'));
  expect(`${writes?.join('\n')}\n`).toBe(written);
});

it('names every setting, with its default', () => {
  const source = readFileSync(join(ROOT, 'examples/lead-flow/settings.ts'), 'utf8');
  const names = [...source.matchAll(/env\['(\w+)'\] \?\? (?:'([^']+)'|([\d_]+))?/g)];
  expect(names.length).toBeGreaterThan(6);
  for (const [, name = '', text, number] of names) {
    const shown = text ?? number?.replaceAll('_', '') ?? '';
    expect(PAGE).toMatch(new RegExp(`^\\| \`${name}\` \\| \`?${shown}`, 'm'));
  }
});

function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'vendorgraph-lead-flow-page-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
