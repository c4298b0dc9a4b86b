import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedSandboxGateway, startWithSandbox } from './running-command.ts';

let gateway: StartedSandboxGateway;
beforeAll(async () => {
  gateway = await startWithSandbox();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const printedKeys = () => [...gateway.stdout().matchAll(/^ {2}(vg_demo_\w+)/gm)].map(([, key = '']) => key);
const printedQueries = () => [...gateway.stdout().matchAll(/^ {2}(query .+)$/gm)].map(([, query = '']) => query);

describe('what a newcomer sees', () => {
  it('is the address, four demo keys and three queries, and nothing on standard error', () => {
    expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(printedKeys()).toEqual(['vg_demo_frontend', 'vg_demo_app', 'vg_demo_agent', 'vg_demo_admin']);
    expect(printedQueries()).toHaveLength(3);
    expect(gateway.stderr()).toBe('');
  });

  it('answers each printed query, pasted as it stands, with each printed key', async () => {
    for (const query of printedQueries()) {
      for (const key of printedKeys()) {
        const response = await gateway.ask(query, key);
        const answer = (await response.json()) as { data: Record<string, unknown>; errors?: unknown };
        expect(answer.errors, `${key}: ${query}`).toBeUndefined();
        expect(Object.values(answer.data)).not.toContain(null);
      }
    }
  });

  it('finds the showcase person in every system with the first of them', async () => {
    const answer = (await (await gateway.ask(printedQueries()[0] ?? '')).json()) as {
      data: { person: Record<string, unknown> };
    };
    expect(answer.data.person).toMatchObject({ name: 'Ada Lindqvist' });
    const missing = Object.entries(answer.data.person).filter(([, value]) => value === null);
    expect(missing).toEqual([]);
  });

  it('is alive and ready, without a credential', async () => {
    const [alive, ready] = await Promise.all([fetch(`${gateway.url}/livez`), fetch(`${gateway.url}/readyz`)]);
    expect([alive.status, await alive.text(), ready.status, await ready.text()]).toEqual([
      200,
      'alive\n',
      200,
      'ready\n',
    ]);
  });

  it('is shown how to break the vendors at the address it was given', async () => {
    const { vendors } = (await gateway.control('GET', '/')) as { vendors: Record<string, string> };
    expect(Object.keys(vendors)).toHaveLength(8);
  });
});
