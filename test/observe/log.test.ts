import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/observe/log.ts';

describe('the log', () => {
  it('is one JSON line per fact, with time and level as words', () => {
    const lines: string[] = [];
    createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }).info(
      { vendor: 'stripe' },
      'called',
    );
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'info', vendor: 'stripe', msg: 'called', time: expect.stringMatching(/Z$/) },
    ]);
  });

  it('censors fields that hold secrets, at three depths', () => {
    const lines: string[] = [];
    const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
    log.info({ authorization: 'canary-1', headers: { cookie: 'canary-2' }, a: { b: { token: 'canary-3' } } });
    expect(lines.join()).not.toContain('canary');
    expect(lines.join()).toContain('[secret]');
  });

  it('says nothing below its level', () => {
    const lines: string[] = [];
    createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } }).info('quiet');
    expect(lines).toEqual([]);
  });
});
