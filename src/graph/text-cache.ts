/** What was made of a text, by the text. Bounded in number and in text; the one used longest ago goes first. */

export interface TextCache<Value> {
  get(text: string): Value | undefined;
  set(text: string, value: Value, characters?: number): void;
}

export interface TextCacheOptions {
  /** @default 1_000 */
  maxEntries?: number;
  /** Characters of all entries together. @default 4_000_000 */
  maxCharacters?: number;
}

export function createTextCache<Value>({
  maxEntries = 1_000,
  maxCharacters = 4_000_000,
}: TextCacheOptions = {}): TextCache<Value> {
  // In order of last use: a Map keeps the order of insertion.
  const entries = new Map<string, { value: Value; size: number }>();
  let characters = 0;

  const remove = (text: string): void => {
    characters -= entries.get(text)?.size ?? 0;
    entries.delete(text);
  };

  return {
    get(text) {
      const entry = entries.get(text);
      if (!entry) return undefined;
      entries.delete(text);
      entries.set(text, entry);
      return entry.value;
    },
    set(text, value, size = text.length) {
      remove(text);
      entries.set(text, { value, size });
      characters += size;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && characters <= maxCharacters) return;
        remove(oldest);
      }
    },
  };
}
