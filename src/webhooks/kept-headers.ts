/** Which headers of a delivery are stored: ids, topics, times. Everything else, above all signatures, is forgotten. */
import type { IncomingHttpHeaders } from 'node:http';
import type { EventReading } from './resolved-webhook.ts';
import { headerOf } from './scheme.ts';

const ALWAYS = ['content-type', 'user-agent'];
const MOST_CHARACTERS = 500;

export function keptHeaders(
  { scheme, idHeader, typeHeaders }: EventReading,
  headers: Readonly<IncomingHttpHeaders>,
): Record<string, string> {
  const names = [...ALWAYS, ...scheme.keptHeaders, ...typeHeaders, ...(idHeader === undefined ? [] : [idHeader])];
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = headerOf(headers, name);
    if (value !== '') kept[name] = value.slice(0, MOST_CHARACTERS);
  }
  return kept;
}
