/** What docs/access.md shows is what the gateway does. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from '../../src/agents/tool-list.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { DEFAULT_QUOTAS } from '../../src/config/quota-limits.ts';
import { connectClient } from '../agents/connected-client.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../gateway-under-test.ts';

const ROOT = new URL('../../', import.meta.url);
const page = readText('docs/access.md');
const KINDS = ['frontend', 'app', 'agent', 'operator'] as const;

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8');
}

/** The block that begins with ```` ```<head> ````. */
function block(head: string): string {
  const text = page.split(`\`\`\`${head}\n`)[1]?.split('```')[0];
  if (text === undefined) throw new Error(`The page has no block "${head}".`);
  return text;
}

/** Rows of the table whose first column is headed `head`. */
function rows(head: string): Record<string, string[]> {
  const text = page.split(`| ${head} | frontend |`)[1]?.split('\n\n')[0] ?? '';
  const found = text.matchAll(/^\| `(\w+)` \| (.+) \|$/gm);
  return Object.fromEntries([...found].map(([, name = '', cells = '']) => [name, cells.split(' | ')]));
}

function shown(limits: Readonly<Record<(typeof KINDS)[number], object>>): Record<string, string[]> {
  const names = Object.keys(limits.app);
  const cell = (value: number) => (value >= 1_000_000_000 ? '–' : value.toLocaleString('en-US'));
  return Object.fromEntries(
    names.map((name) => [
      name,
      KINDS.map((kind) => cell((limits[kind] as Record<string, number>)[name] ?? Number.NaN)),
    ]),
  );
}

describe('the page about access', () => {
  let running: GatewayUnderTest;
  beforeAll(async () => {
    running = await startGatewayUnderTest();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it('shows the clients of the example', () => {
    expect(block('yaml clients.yaml')).toBe(readText('examples/clients/clients.yaml'));
  });

  it('shows the limits and quotas there are by default', () => {
    expect(rows('limit')).toEqual(shown(DEFAULT_LIMITS));
    expect(rows('quota')).toEqual(shown(DEFAULT_QUOTAS));
  });

  it('shows what the demo agent is answered', async () => {
    const { data, extensions } = await running.ask(block('graphql'), { key: 'vg_demo_agent' });
    const said = JSON.parse(block('json answer')) as { data: object; extensions: object };
    const asSaid = JSON.stringify({ data, extensions }).replaceAll(/"(cus_|U)\w+"/g, '"$1…"');
    expect(JSON.parse(asSaid)).toEqual(said);
  });

  it('shows what a model is answered over MCP', async () => {
    await using agent = await connectClient(running.gateway.url, 'vg_demo_agent');
    const { tools } = await agent.client.listTools();
    expect([...page.matchAll(/^\| `(graph_\w+)` \|/gm)].map(([, name]) => name)).toEqual(tools.map(({ name }) => name));
    const { structuredContent } = await agent.call('graph_query', JSON.parse(block('json mcp call')));
    const asSaid = JSON.stringify(structuredContent)
      .replaceAll(/"(cus_|U)\w+"/g, '"$1…"')
      .replace(/"auditId":"[^"]+"/, '"auditId":"…"');
    expect(JSON.parse(asSaid)).toEqual(JSON.parse(block('json mcp answer')));
  });

  it('shows the tokens an answer to a model may take', () => {
    expect(page).toContain(`${TOKENS.default.toLocaleString('en-US')} unless`);
    expect(page).toContain(`${TOKENS.most.toLocaleString('en-US')} at most`);
  });

  it('asks the record for what the demo agent has asked', async () => {
    await running.ask(block('graphql'), { key: 'vg_demo_agent' });
    const { data, errors } = await running.ask(block('graphql audit'));
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      auditEvents: { nodes: expect.arrayContaining([expect.objectContaining({ outcome: 'OK' })]) },
    });
  });
});
