/** Reads `clients.yaml` of a graph folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientsConfig, clientsSchema, NO_CLIENTS } from './clients.ts';
import { ConfigError, type ConfigProblem, throwProblems } from './config-error.ts';
import { checkAgainst } from './schema-problems.ts';
import { readYamlFile, type YamlFile, type YamlPath } from './yaml-file.ts';

export const CLIENTS_FILE = 'clients.yaml';

/** `scopes`: all there are in this folder. A folder without the file has no clients. Throws `ConfigError` with every problem of the file. */
export function readClientsFile(graphDir: string, scopes: readonly string[]): ClientsConfig {
  const path = join(graphDir, CLIENTS_FILE);
  if (!existsSync(path)) return NO_CLIENTS;
  const yaml = readYamlFile(path);
  // A file of nothing but comments says nothing, too.
  if (yaml.value === null) return NO_CLIENTS;
  const { value: config, problems } = checkAgainst(clientsSchema, yaml);
  if (config === undefined)
    throw new ConfigError(problems[0] ?? { file: path, message: 'Found no clients.' }, ...problems.slice(1));
  throwProblems([...issuerProblems(config, yaml), ...clientProblems(config, scopes, yaml)]);
  return config;
}

function issuerProblems({ issuers }: ClientsConfig, yaml: YamlFile): ConfigProblem[] {
  return repeated(issuers.map(({ issuer }) => issuer)).map((index) => {
    const message = `Found issuer "${issuers[index]?.issuer}" a second time, expected each once. Remove one of the two.`;
    return { file: yaml.path, ...yaml.locate(['issuers', index, 'issuer']), message };
  });
}

function clientProblems({ issuers, clients }: ClientsConfig, scopes: readonly string[], yaml: YamlFile) {
  const at = (index: number, path: YamlPath, message: string): ConfigProblem => ({
    file: yaml.path,
    ...yaml.locate(['clients', index, ...path]),
    subject: clients[index]?.id,
    message,
  });
  const sameId = repeated(clients.map(({ id }) => id)).map((index) =>
    at(index, ['id'], 'Found this client a second time, expected each id once. Rename or remove one of the two.'),
  );
  // A client that proves itself by keys has its id for a proof.
  const proofs = clients.map(({ id, proof }) => (proof === 'key' ? id : JSON.stringify([proof.issuer, proof.client])));
  const sameProof = repeated(proofs)
    .filter((index) => clients[index]?.proof !== 'key')
    .map((index) => at(index, ['proof'], 'Found the proof of another client, expected one of its own.'));
  const known = issuers.map(({ issuer }) => issuer);
  const unknown = clients.flatMap(({ proof, scopes: wanted }, index) => [
    ...(proof === 'key' || known.includes(proof.issuer)
      ? []
      : [at(index, ['proof', 'issuer'], unknownIssuer(proof.issuer, known))]),
    ...wanted.flatMap((scope, place) =>
      scopes.includes(scope)
        ? []
        : [at(index, ['scopes', place], `Found scope "${scope}", expected one of ${scopes.join(', ')}.`)],
    ),
  ]);
  return [...sameId, ...sameProof, ...unknown];
}

function unknownIssuer(issuer: string, known: readonly string[]): string {
  const expected = known.length === 0 ? 'one of "issuers", but there are none' : `one of ${known.join(', ')}`;
  return `Found issuer "${issuer}", expected ${expected}. Add it under "issuers" or correct it.`;
}

/** Where something stands that stood before. */
function repeated(names: readonly string[]): number[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [index] : []));
}
