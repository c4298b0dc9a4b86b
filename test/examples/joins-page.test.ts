/** What docs/joins.md shows is what the example holds and the engine does. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const read = (name: string): string => readFileSync(path(name), 'utf8');
const page = read('docs/joins.md');
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? '';

it('shows the example’s files as they are', () => {
  expect(block('ts')).toBe(read('examples/own-join/joins/open-invoices.ts'));
  expect(block('graphql')).toBe(read('examples/own-join/schema/support.graphql'));
  expect(read('examples/own-join/.meshrc.yaml')).toContain(block('yaml'));
});

it('explains every member a keyed read has, and no other', () => {
  const [, body = ''] =
    /export interface KeyedRead<Row> \{\n([\s\S]*?)\n\}/.exec(read('src/joins/keyed-read.ts')) ?? [];
  const members = [...body.matchAll(/^ {2}(\w+)\??[:(]/gm)].map(([, name]) => name);
  const [table = ''] = /\| member \|[\s\S]*?\n\n/.exec(page) ?? [];
  expect([...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort()).toEqual(members.sort());
});

it('names files that are there and codes of the table', () => {
  const files = [...page.matchAll(/`((?:src|examples)\/[\w./-]+)`/g)].map(([, name]) => name ?? '');
  expect(files.filter((name) => !existsSync(path(name)))).toEqual([]);
  expect(files.length).toBeGreaterThan(4);
  const [, limits = ''] = page.split('## Limits and codes');
  const codes = [...limits.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? '');
  expect(codes.filter((code) => !(ERROR_CODES as readonly string[]).includes(code))).toEqual([]);
});
