/** Reads `schema/identity.yaml` of a graph folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type ConfigProblem, throwProblems } from './config-error.ts';
import { normaliseDomain, normaliseEmail } from './email-address.ts';
import { DEFAULT_IDENTITY_CONFIG, type IdentityConfig, identitySchema } from './identity.ts';
import { checkAgainst } from './schema-problems.ts';
import { readYamlFile, type YamlFile, type YamlPath } from './yaml-file.ts';

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
    ...aliasProblems(['person', 'aliases'], config.person.aliases, ADDRESS, yaml),
    ...aliasProblems(['account', 'aliases'], config.account.aliases, DOMAIN, yaml),
    ...config.freeMailDomains.flatMap((domain, index) =>
      isNormal(domain, DOMAIN) ? [] : [oddProblem(yaml, ['freeMailDomains', index], domain, DOMAIN)],
    ),
  ]);
  return config;
}

/** A kind of key: what it is called, and the form in which it is looked for. */
interface Kind {
  what: string;
  normalise(text: string): string | null;
}

const ADDRESS: Kind = { what: 'an e-mail address', normalise: normaliseEmail };
const DOMAIN: Kind = { what: 'a domain', normalise: normaliseDomain };

/** Anything else would match nothing, or, as a star does in a helpdesk's search, everything. */
const isNormal = (text: string, { normalise }: Kind): boolean => normalise(text) === text;

function aliasProblems(
  path: YamlPath,
  aliases: Readonly<Record<string, string>>,
  kind: Kind,
  yaml: YamlFile,
): ConfigProblem[] {
  return Object.entries(aliases).flatMap(([alias, target]) => {
    const at = [...path, alias];
    const odd = [alias, target].find((one) => !isNormal(one, kind));
    if (odd !== undefined) return [oddProblem(yaml, at, odd, kind)];
    // Also refuses what leads to itself.
    if (Object.hasOwn(aliases, target)) return [problemAt(yaml, at, target, `${kind.what} that is no alias itself`)];
    return [];
  });
}

function oddProblem(yaml: YamlFile, path: YamlPath, found: string, { what, normalise }: Kind): ConfigProblem {
  const normal = normalise(found);
  return problemAt(yaml, path, found, normal === null ? what : `${what} as it is looked for: ${normal}`);
}

function problemAt(yaml: YamlFile, path: YamlPath, found: string, expected: string): ConfigProblem {
  return { file: yaml.path, ...yaml.locate(path), message: `Found "${found}", expected ${expected}.` };
}
