/** What may be installed: exact versions, a reason for each, none with a known hole, no machine's registry in the lock file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

interface PackageJson {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  engines: { node: string };
}

const manifest = JSON.parse(read('package.json')) as PackageJson;
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version?: string; resolved?: string; hasInstallScript?: boolean }>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const versionsOf = (name: string): string[] =>
  installed.flatMap(([path, { version }]) => (nameOf(path) === name && version ? [version] : []));

describe('dependencies', () => {
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

  it('are exact: ranges would resolve for the Node that runs npm', () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('each have a reason in docs/dependencies.md', () => {
    const reasons = read('docs/dependencies.md');
    const missing = Object.keys(all).filter(
      (name) => !reasons.includes(`\`${name}\``) && !reasons.includes(`\`${name.split('/')[0]}/*\``),
    );
    expect(missing).toEqual([]);
  });

  it('name no download host in the lock file', () => {
    expect(installed.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([]);
  });

  it('bring one copy of graphql, of the 16 line', () => {
    expect(versionsOf('graphql')).toEqual(['16.15.0']);
  });

  it('compile nothing on install', () => {
    const scripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    // Optional accelerators and notices that `--ignore-scripts` may leave out.
    expect(scripts.filter((name) => !['fsevents', 'protobufjs', '@apollo/protobufjs'].includes(name))).toEqual([]);
  });

  it.each([
    ['@graphql-mesh/types', '1.0.0'],
    ['@graphql-mesh/utils', '1.0.0'],
    ['@graphql-mesh/runtime', '1.0.0'],
    ['@graphql-mesh/config', '10.1.16'],
  ])('never include %s %s, an old build behind "latest"', (name, version) => {
    expect(versionsOf(name)).not.toContain(version);
  });

  it.each([
    ['graphql-yoga', '5.21.3', 'prototype pollution in multipart'],
    ['@graphql-mesh/cli', '0.82.22', 'CVE-2025-27098'],
    ['@graphql-mesh/http', '0.3.19', 'CVE-2025-27098'],
  ])('never include %s below %s: %s', (name, floor) => {
    for (const version of versionsOf(name)) expect(isAtLeast(version, floor)).toBe(true);
  });

  it('need the Node that undici needs', () => {
    expect(manifest.engines.node).toBe('>=22.19');
  });
});

function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 || (a[at] ?? 0) > (b[at] ?? 0);
}
