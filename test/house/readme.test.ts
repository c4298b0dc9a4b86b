/** What the README and the operator's page show is true: the first query, its answer, the fault, the names. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(path(name), 'utf8');
const readme = read('README.md');
const operating = read('docs/operating.md');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';

let running: GatewayUnderTest;
beforeAll(async () => {
  running = await startGatewayUnderTest();
});
afterAll(() => running[Symbol.asyncDispose]());

describe('the README', () => {
  it('shows the answer its first query really gets', async () => {
    const { text } = await running.ask(block('graphql'), { key: 'vg_demo_frontend' });
    expect(JSON.parse(text)).toEqual(JSON.parse(block('json')));
  });

  it('breaks the helpdesk as it says', async () => {
    const [, fault] = /faults -d '([^']+)'/.exec(readme) ?? [];
    await running.control('POST', '/faults', JSON.parse(fault ?? ''));
    const { data, errors } = await running.ask(block('graphql'));
    await running.control('DELETE', '/faults');
    const { data: before } = JSON.parse(block('json'));
    expect(data).toEqual({ person: { ...before.person, tickets: { nodes: null } } });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(['VENDOR_DOWN']);
  });

  it('names the credentials vendor.yaml asks for', () => {
    for (const [, prefix, names] of readme.matchAll(/^\| [^|]+ \| [^|]+ \| `(\w+)` \| (.+) \|$/gm)) {
      const yaml = read(`sources/${prefix}/vendor.yaml`);
      const asked = [...(yaml.split('\nwebhook:')[0]?.matchAll(/secret:\/\/env\/(\w+)/g) ?? [])].map(
        ([, name]) => name,
      );
      expect([...(names ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(asked);
    }
  });

  it.each(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/architecture.md'])(
    '%s links only to what is there',
    (page) => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link ?? '');
      const folder = page.startsWith('docs/') ? 'docs/' : '';
      expect(links.filter((link) => !existsSync(path(folder + link)))).toEqual([]);
    },
  );

  it('shows only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [
      ...`${readme}${read('CONTRIBUTING.md')}`.matchAll(
        /npm (?:run )?(start|test|compose|bench|soak|format|types|lint)\b/g,
      ),
    ];
    expect(named.filter(([, name]) => !((name ?? '') in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(5);
  });
});

describe("the operator's page", () => {
  it('names metrics that are there', async () => {
    const response = await fetch(`${running.gateway.url}/metrics`, {
      headers: { authorization: 'Bearer vg_demo_admin' },
    });
    const metrics = await response.text();
    const names = [...operating.matchAll(/`((?:vendorgraph|process|nodejs)_\w+)`/g)].map(([, name]) => name ?? '');
    expect(names.filter((name) => !metrics.includes(`# TYPE ${name} `))).toEqual([]);
    const ours = [...metrics.matchAll(/^# TYPE (vendorgraph_\w+)/gm)].map(([, name]) => name ?? '');
    expect(ours.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('explains codes of the table only', () => {
    const codes = [...operating.matchAll(/`([A-Z]+_[A-Z_]+|INTERNAL|UNAUTHENTICATED)`/g)].map(([, code]) => code ?? '');
    const settings = [...(operating.split('## Paths')[0]?.matchAll(/`([A-Z_]+)/g) ?? [])].map(([, name]) => name ?? '');
    expect(
      codes.filter((code) => !settings.includes(code) && !(ERROR_CODES as readonly string[]).includes(code)),
    ).toEqual([]);
  });
});
