/** Base64 read strictly: Node's own decoder passes over whatever it does not know, so that one signature has many spellings. */

/** Undefined unless encoding the bytes again gives the very same text. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** For keys, which people copy: the padding may be missing. */
export function decodeBase64Key(text: string): Buffer | undefined {
  return decodeBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
}
