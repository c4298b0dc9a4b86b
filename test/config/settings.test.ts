import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config/settings.ts';

describe('settings', () => {
  it('have the defaults of the documentation', () => {
    expect(readSettings({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      sandbox: undefined,
      sandboxPort: 4100,
      dataDir: '.data',
      logLevel: 'info',
    });
  });

  it('take an empty variable for one that is not set', () => {
    expect(readSettings({ PORT: '', LOG_LEVEL: '' })).toMatchObject({ port: 4000, logLevel: 'info' });
  });

  it.each([
    ['1', true],
    ['on', true],
    ['0', false],
    ['off', false],
  ])('read VENDORGRAPH_SANDBOX=%s as %s', (value, sandbox) => {
    expect(readSettings({ VENDORGRAPH_SANDBOX: value }).sandbox).toBe(sandbox);
  });

  it('let a subscriber be behind for as long as it likes unless told otherwise', () => {
    expect(readSettings({}).maxLagMs).toBeUndefined();
    expect(readSettings({ SUBSCRIPTION_MAX_LAG_MS: '60000' }).maxLagMs).toBe(60_000);
    expect(readSettings({}).stalledAfterMs).toBe(60_000);
    expect(() => readSettings({ SUBSCRIPTION_STALLED_MS: '10' })).toThrow(/SUBSCRIPTION_STALLED_MS: Found "10"/);
    expect(() => readSettings({ SUBSCRIPTION_MAX_LAG_MS: '10' })).toThrow(/SUBSCRIPTION_MAX_LAG_MS: Found "10"/);
  });

  it('name every variable that is wrong, at once', () => {
    const complaint = () => readSettings({ PORT: 'abc', LOG_LEVEL: 'loud', SANDBOX_PORT: '65530' });
    expect(complaint).toThrow(/PORT: Found "abc"/);
    expect(complaint).toThrow(/LOG_LEVEL: Found "loud"/);
    expect(complaint).toThrow(/SANDBOX_PORT: Found "65530"/);
  });

  it('never show a key', () => {
    expect(() => readSettings({ VENDORGRAPH_API_KEY: 'canary-short' })).toThrow(/VENDORGRAPH_API_KEY/);
    expect(() => readSettings({ VENDORGRAPH_API_KEY: 'canary-short' })).not.toThrow(/canary/);
  });
});
