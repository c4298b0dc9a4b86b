/** How BambooHR answers: JSON to those who ask for it, errors of older operations in a header with an empty body. */
import type { EmulatorRequest, EmulatorResponse } from '../../src/sandbox/emulator.ts';

/** Older operations: no body, the reason in a header. */
export function refuse(status: number, message: string): EmulatorResponse {
  return { status, headers: { 'x-bamboohr-message': message, 'x-bamboohr-error-message': message } };
}

/** Newer operations. */
export function refuseInBody(status: number, code: string, message: string): EmulatorResponse {
  return { status, json: { error: { code, message } } };
}

/** Whoever does not ask for JSON gets XML from most operations. */
export function answer({ headers }: EmulatorRequest, root: string, value: unknown): EmulatorResponse {
  if ((headers['accept'] ?? '').includes('json')) return { status: 200, json: value };
  const text = `<?xml version="1.0"?>\n${writeXml(root, value)}`;
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, text };
}

function writeXml(name: string, value: unknown): string {
  if (Array.isArray(value)) return `<${name}>${value.map((item) => writeXml('item', item)).join('')}</${name}>`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(
      ([field, inner]) => `<field id="${escapeXml(field)}">${writeXml('value', inner)}</field>`,
    );
    return `<${name}>${fields.join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(value === null || value === undefined ? '' : String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
