/** A hint for a slip of the keyboard: ` (perhaps email)`, or nothing. */
import { suggestionList } from 'graphql/jsutils/suggestionList.js';

export function perhaps(name: string, known: Iterable<string>): string {
  const names = suggestionList(name, [...known]).slice(0, 3);
  return names.length === 0 ? '' : ` (perhaps ${names.join(' or ')})`;
}
