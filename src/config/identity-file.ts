/** Reads `schema/identity.yaml` of a graph folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type ConfigProblem, throwProblems } from './config-error.ts';
import { DEFAULT_IDENTITY_CONFIG, type IdentityConfig, identitySchema } from './identity.ts';
import { checkAgainst } from './schema-problems.ts';
import { readYamlFile, type YamlFile, type YamlPath } from './yaml-file.ts';

const ADDRESS = /^[^\s@A-Z]+@[^\s@A-Z]+$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/** A folder without the file has the defaults. Throws `ConfigError` with every problem of the file. */
export function readIdentityFile(graphDir: string): IdentityConfig {
  const path = join(graphDir, 'schema', 'identity.yaml');
  if (!existsSync(path)) return DEFAULT_IDENTITY_CONFIG;
  const yaml = readYamlFile(path);
  // A file of nothing but comments says nothing, too.
  if (yaml.value === null) return DEFAULT_IDENTITY_CONFIG;
  const { value: config, problems } = checkAgainst(identitySchema, yaml);
  if (config === undefined)
    throw new ConfigError(problems[0] ?? { file: path, message: 'Found no identity.' }, ...problems.slice(1));
  throwProblems([
    ...aliasProblems(['person', 'aliases'], config.person.aliases, ADDRESS, 'an e-mail address', yaml),
    ...aliasProblems(['account', 'aliases'], config.account.aliases, DOMAIN, 'a domain', yaml),
    ...config.freeMailDomains.flatMap((domain, index) =>
      DOMAIN.test(domain) ? [] : [problemAt(yaml, ['freeMailDomains', index], domain, 'a domain in lower case')],
    ),
  ]);
  return config;
}

function aliasProblems(
  path: YamlPath,
  aliases: Readonly<Record<string, string>>,
  pattern: RegExp,
  what: string,
  yaml: YamlFile,
): ConfigProblem[] {
  return Object.entries(aliases).flatMap(([alias, target]) => {
    const at = [...path, alias];
    const odd = [alias, target].find((one) => !pattern.test(one));
    if (odd !== undefined) return [problemAt(yaml, at, odd, `${what} in lower case`)];
    // Also refuses what leads to itself.
    if (Object.hasOwn(aliases, target)) return [problemAt(yaml, at, target, `${what} that is no alias itself`)];
    return [];
  });
}

function problemAt(yaml: YamlFile, path: YamlPath, found: string, expected: string): ConfigProblem {
  return { file: yaml.path, ...yaml.locate(path), message: `Found "${found}", expected ${expected}.` };
}
