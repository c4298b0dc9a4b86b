import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import { readYamlFile } from '../../src/config/yaml-file.ts';

interface TemporaryFile {
  path: string;
  [Symbol.dispose](): void;
}

function fileWith(text: string): TemporaryFile {
  const dir = mkdtempSync(join(tmpdir(), 'vendorgraph-'));
  const path = join(dir, 'file.yaml');
  writeFileSync(path, text);
  return { path, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}

function problemsOf(path: string): string {
  try {
    readYamlFile(path);
  } catch (error) {
    if (error instanceof ConfigError) return error.format();
    throw error;
  }
  throw new Error('The file was read.');
}

it('finds keys and list items by line and column', () => {
  using file = fileWith('a: 1\nlist:\n  - x\n  - { name: y, 200: ok }\n');
  const yaml = readYamlFile(file.path);
  expect(yaml.value).toEqual({ a: 1, list: ['x', { name: 'y', 200: 'ok' }] });
  expect(yaml.locate(['list'])).toEqual({ line: 2, column: 1 });
  expect(yaml.locate(['list', 0])).toEqual({ line: 3, column: 5 });
  expect(yaml.locate(['list', 1, 'name'])).toEqual({ line: 4, column: 7 });
  expect(yaml.locate(['list', 1, '200'])).toEqual({ line: 4, column: 16 });
});

it('points at the nearest parent of what is missing', () => {
  using file = fileWith('\na:\n  b: 1\n');
  const yaml = readYamlFile(file.path);
  expect(yaml.locate(['a', 'c', 'd'])).toEqual({ line: 2, column: 1 });
  expect(yaml.locate(['z'])).toEqual({ line: 2, column: 1 });
});

it('follows aliases', () => {
  using file = fileWith('base: &base\n  size: 1\nother: *base\n');
  const yaml = readYamlFile(file.path);
  expect(yaml.value).toEqual({ base: { size: 1 }, other: { size: 1 } });
  expect(yaml.locate(['other', 'size'])).toEqual({ line: 2, column: 3 });
});

it('reads an empty file as null, at its first line', () => {
  using file = fileWith('');
  const yaml = readYamlFile(file.path);
  expect(yaml.value).toBeNull();
  expect(yaml.locate(['a'])).toEqual({ line: 1, column: 1 });
});

it('names line and column of a syntax error and of a key that stands twice', () => {
  using broken = fileWith('a: 1\nb: [1, 2\n');
  expect(problemsOf(broken.path)).toMatch(/file\.yaml:3:1 {2}Found YAML that cannot be read: /);
  using twice = fileWith('a: 1\nb: 2\na: 3\n');
  expect(problemsOf(twice.path)).toMatch(/file\.yaml:3:1 {2}Found YAML that cannot be read: Map keys must be unique/);
});

it('refuses aliases that multiply', () => {
  const levels = Array.from(
    { length: 9 },
    (_, level) => `l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`,
  );
  using file = fileWith(`l0: &l0 [x]\n${levels.join('\n')}\n`);
  expect(problemsOf(file.path)).toMatch(/Found aliases \(\*name\) that expand too far/);
});

it('refuses more than 20 MB without reading it', () => {
  using file = fileWith('');
  truncateSync(file.path, 20 * 1024 * 1024 + 1);
  expect(problemsOf(file.path)).toMatch(/Found 20971521 bytes, expected at most 20971520\.$/);
});
