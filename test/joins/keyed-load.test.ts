/** What a loader gives for a key: gathered with the others of its moment, a promise for whoever wants one, told at once to whoever listens. */
import { describe, expect, it } from 'vitest';
import { KeyLoader } from '../../src/joins/key-loader.ts';
import type { KeyedLoad, Listener } from '../../src/joins/keyed-load.ts';

function createLoader(find: (key: string) => string | null | Error = (key) => `row of ${key}`) {
  const asked: string[][] = [];
  const loader = new KeyLoader<string>(async (keys) => {
    asked.push([...keys]);
    return keys.map(find);
  });
  return { asked, loader };
}

function listen(load: KeyedLoad<string>): unknown[] {
  const told: unknown[] = [];
  const listener: Listener<string> = { settle: (row) => told.push(row), fail: (error) => told.push(error) };
  load.tell(listener);
  return told;
}

describe('keys', () => {
  it('of one moment are asked for together, each once', async () => {
    const { asked, loader } = createLoader();
    expect(await Promise.all([loader.load('a'), loader.load('b'), loader.load('a')])).toEqual([
      'row of a',
      'row of b',
      'row of a',
    ]);
    expect(asked).toEqual([['a', 'b']]);
    await loader.load('a');
    expect(asked).toHaveLength(1);
  });

  it('that promises of the same moment lead to go with them', async () => {
    const { asked, loader } = createLoader();
    const later = Promise.resolve()
      .then(() => Promise.resolve())
      .then(() => loader.load('b'));
    await Promise.all([loader.load('a'), later]);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('whose row was met elsewhere are not asked for; what was asked for first stays', async () => {
    const { asked, loader } = createLoader();
    const first = loader.load('a');
    loader.prime('a', 'another');
    loader.prime('b', 'met');
    expect(await Promise.all([first, loader.load('b')])).toEqual(['row of a', 'met']);
    expect(asked).toEqual([['a']]);
  });
});

describe('a load', () => {
  it('is a promise to whoever awaits, catches or ends with it', async () => {
    const wrong = new Error('wrong');
    const { loader } = createLoader((key) => (key === 'bad' ? wrong : null));
    expect(await loader.load('a')).toBeNull();
    await expect(loader.load('bad')).rejects.toBe(wrong);
    expect(await loader.load('bad').catch(() => 'caught')).toBe('caught');
    let ended = false;
    await loader.load('a').finally(() => {
      ended = true;
    });
    expect(ended).toBe(true);
  });

  it('tells all who listen, in their order, and at once when it is known', async () => {
    const { loader } = createLoader();
    const load = loader.load('a');
    const order: string[] = [];
    for (const name of ['first', 'second', 'third'])
      load.tell({ settle: () => order.push(name), fail: () => order.push(`${name} failed`) });
    expect(load.outcome).toBeUndefined();
    await load;
    expect(order).toEqual(['first', 'second', 'third']);
    expect(listen(load)).toEqual(['row of a']);
    expect(load.outcome).toBe('row of a');
  });

  it('fails every key of a read that fails, and nobody who does not look', async () => {
    const loader = new KeyLoader<string>(() => Promise.reject(new Error('down')));
    const [one, other] = [loader.load('a'), loader.load('b')];
    const told = listen(one);
    await expect(other).rejects.toThrow('down');
    expect(told).toEqual([new Error('down')]);
    expect(one.outcome).toEqual(new Error('down'));
  });

  it('is null where the read gives nothing for its key', async () => {
    const loader = new KeyLoader<string>(async () => []);
    expect(await loader.load('a')).toBeNull();
  });
});
