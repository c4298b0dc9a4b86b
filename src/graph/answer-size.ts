/** What an answer takes in memory, roughly, bytes: strings count for most of it. */
const VALUE_BYTES = 32;

export function sizeOfAnswer(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  let bytes = VALUE_BYTES;
  for (const one of Array.isArray(value) ? value : Object.values(value)) bytes += sizeOfAnswer(one);
  return bytes;
}
