/** What a newcomer sees when the gateway is up: the address, the demo keys, something to ask. */
import { stripIgnoredCharacters } from 'graphql';
import { demoKeys } from '../auth/api-keys.ts';
import { readOperationFiles } from '../graph/operation-files.ts';

const PASTED = 3;

export function banner(url: string, graphDir: string, sandboxControlUrl: string): string {
  const queries = readOperationFiles(graphDir).slice(0, PASTED);
  const keys = demoKeys([]).map(({ key, principal }) => `  ${key.padEnd(18)} ${principal.kind}`);
  const pasted = queries.flatMap(({ name, text }) => [`  # ${name}`, `  ${oneLine(text)}`, '']);
  return [
    '',
    `vendorgraph is ready: open ${url}/graphql`,
    '',
    `Demo keys (header "Authorization: Bearer <key>"; sandbox only):`,
    ...keys,
    '',
    'Queries to paste:',
    ...pasted,
    `The eight vendors are emulated; ${sandboxControlUrl} shows and breaks them. Ctrl+C ends everything.`,
    '',
  ].join('\n');
}

/** Comments and line breaks gone; spaces kept where people would put them. */
function oneLine(text: string): string {
  return stripIgnoredCharacters(text)
    .replace(/([{}])/g, ' $1 ')
    .replace(/ +/g, ' ')
    .trim();
}
