/**
 * What can be said of a document before it is parsed. A parser, and whoever walks its result, calls itself for each bracket
 * inside another: a hundred thousand of them would end the stack, and with it the request, as a fault of ours.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const BLOCK = '"""';
/** `( [ {` open, `) ] }` close. */
const STEPS = new Map([
  [0x28, 1],
  [0x5b, 1],
  [0x7b, 1],
  [0x29, -1],
  [0x5d, -1],
  [0x7d, -1],
]);

/** Whether brackets of any kind stand more than `most` deep in one another; those in strings and comments are text. */
export function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === HASH) at = endOfLine(text, at);
    else depth = Math.max(0, depth + (STEPS.get(code) ?? 0));
    if (depth > most) return true;
  }
  return false;
}

/** Place of the last character; that of the text where the string has no end. */
function endOfString(text: string, start: number): number {
  if (text.startsWith(BLOCK, start)) return endOfBlock(text, start);
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE || isLineBreak(code)) return at;
  }
  return text.length;
}

function endOfBlock(text: string, start: number): number {
  let end = text.indexOf(BLOCK, start + BLOCK.length);
  while (end >= 0 && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf(BLOCK, end + BLOCK.length);
  return end < 0 ? text.length : end + BLOCK.length - 1;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isLineBreak(text.charCodeAt(at))) at += 1;
  return at;
}

function isLineBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}
