import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_IDENTITY_CONFIG, identityJsonSchema } from '../../src/config/identity.ts';
import { readIdentityFile } from '../../src/config/identity-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'identity-'));
  mkdirSync(join(dir, 'schema'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const readText = (text: string) => {
  writeFileSync(join(dir, 'schema', 'identity.yaml'), text);
  return readIdentityFile(dir);
};

describe('schema/identity.yaml', () => {
  it('of this repository says what holds without it', () => {
    expect(readIdentityFile(ROOT)).toEqual(DEFAULT_IDENTITY_CONFIG);
    expect(readIdentityFile(dir)).toEqual(DEFAULT_IDENTITY_CONFIG);
    expect(readText('# nothing yet\n')).toEqual(DEFAULT_IDENTITY_CONFIG);
    expect(readText('person:\n  aliases: {}\n')).toEqual(DEFAULT_IDENTITY_CONFIG);
  });

  it('is completed by editors from the schema beside it', () => {
    expect(readFileSync(join(ROOT, 'schema', 'identity.schema.json'), 'utf8')).toBe(identityJsonSchema());
  });

  it('keeps the defaults of the parts it leaves out', () => {
    const { person, account, freeMailDomains } = readText(
      'person:\n  keys:\n    zendesk: [{ key: email, confidence: 0.5 }]\n  aliases: { ada@old.io: ada@brightforge.io }\n',
    );
    expect(person.keys).toEqual({
      ...DEFAULT_IDENTITY_CONFIG.person.keys,
      zendesk: [{ key: 'email', confidence: 0.5 }],
    });
    expect(person.aliases).toEqual({ 'ada@old.io': 'ada@brightforge.io' });
    expect([account, freeMailDomains]).toEqual([
      DEFAULT_IDENTITY_CONFIG.account,
      DEFAULT_IDENTITY_CONFIG.freeMailDomains,
    ]);
  });

  it.each([
    ['people: {}', 1, 'Found unknown key "people". Remove it or correct its name.'],
    [
      'person:\n  keys:\n    slack: [{ key: phone, confidence: 1 }]',
      3,
      'Found "phone" in "person.keys.slack.0.key", expected email.',
    ],
    [
      'person:\n  keys:\n    zendesk:\n      - { key: email, confidence: 2 }',
      4,
      'Found 2 in "person.keys.zendesk.0.confidence", expected at most 1.',
    ],
    [
      'person:\n  keys:\n    zendesk:\n      - { key: email, confidence: 1 }\n      - { key: email, confidence: 1 }',
      3,
      'expected each key once',
    ],
    ['person:\n  keys:\n    stripe: []', 3, 'expected at least 1'],
    ['person:\n  aliases:\n    ada@old.io: ada', 3, 'Found "ada", expected an e-mail address.'],
    [
      'person:\n  aliases:\n    Ada@old.io: ada@new.io',
      3,
      'Found "Ada@old.io", expected an e-mail address as it is looked for: ada@old.io.',
    ],
    [
      'person:\n  aliases:\n    a@old.io: b@old.io\n    b@old.io: c@old.io',
      3,
      'Found "b@old.io", expected an e-mail address that is no alias itself.',
    ],
    ['person:\n  aliases:\n    a@old.io: a@old.io', 3, 'that is no alias itself'],
    [
      'account:\n  aliases:\n    old.io: https://new.io/',
      3,
      'Found "https://new.io/", expected a domain as it is looked for: new.io.',
    ],
    ['person:\n  aliases:\n    "*@old.io": ada@new.io', 3, 'Found "*@old.io", expected an e-mail address.'],
    [
      'person:\n  aliases:\n    ada@bücher.de: ada@new.io',
      3,
      'Found "ada@bücher.de", expected an e-mail address as it is looked for: ada@xn--bcher-kva.de.',
    ],
    ['account:\n  aliases:\n    www.old.io: new.io', 3, 'expected a domain as it is looked for: old.io.'],
    ['account:\n  aliases:\n    -old-.io: new.io', 3, 'Found "-old-.io", expected a domain.'],
    ['freeMailDomains:\n  - gmail.com\n  - Web.DE', 3, 'expected a domain as it is looked for: web.de.'],
    ['freeMailDomains:\n  - www.web.de', 2, 'expected a domain as it is looked for: web.de.'],
    ['person: [', 1, 'Found YAML that cannot be read'],
  ])('names the line of what is wrong: %j', (text, line, message) => {
    expect(() => readText(text)).toThrow(
      expect.objectContaining({ name: 'ConfigError', line, message: expect.stringContaining(message) }),
    );
  });
});
