/**
 * The scalars Mesh prints. Answers are read leniently, since a vendor's value that breaks its own description is still
 * data; arguments are checked, since a caller can correct them. A scalar without an entry passes everything through.
 */
import { GraphQLError, type GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { GatewayError } from '../errors.ts';

type ScalarFunctions = Partial<Pick<GraphQLScalarType<unknown, unknown>, 'serialize' | 'parseValue' | 'parseLiteral'>>;

export const SCALARS: Readonly<Record<string, ScalarFunctions>> = {
  BigInt: { serialize: writeInteger, parseValue: parseInteger, parseLiteral: parseIntegerLiteral },
  DateTime: checkedText('a date and time such as 2026-11-02T09:00:00Z', isDateTime),
  Date: checkedText('a date such as 2026-11-02', isDate),
  URL: checkedText('a URL', URL.canParse),
  JSON: { parseLiteral: (node, variables) => parseJsonLiteral(node, variables ?? {}) },
  File: { serialize: writeBytes },
  Byte: { serialize: writeBytes },
};

/** A JSON number where that is exact, else a string of digits. */
function writeInteger(value: unknown): number | string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const digits = typeof value === 'bigint' ? String(value) : value;
  if (typeof digits !== 'string' || !/^-?\d+$/.test(digits)) {
    throw new GatewayError('VENDOR_BAD_RESPONSE', 'The vendor sent something that is no whole number.', {
      retryable: false,
    });
  }
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

function parseInteger(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,40}$/.test(value)) return BigInt(value);
  throw new GraphQLError('BigInt takes a whole number; beyond 2^53 as a string of digits.');
}

function parseIntegerLiteral(node: ValueNode): bigint {
  return parseInteger(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined);
}

function checkedText(description: string, isValid: (text: string) => boolean): ScalarFunctions {
  const parse = (value: unknown): string => {
    if (typeof value === 'string' && isValid(value)) return value;
    throw new GraphQLError(`Expected ${description}.`);
  };
  return { parseValue: parse, parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined) };
}

/** RFC 3339: vendors refuse, or misread, an instant without its offset. */
function isDateTime(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}

/** Date.parse takes 30 February for 2 March. */
function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Whole numbers stay exact, as they do in arguments that come as variables. */
function parseJsonLiteral(node: ValueNode, variables: Record<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.INT:
      return Number.isSafeInteger(Number(node.value)) ? Number(node.value) : BigInt(node.value);
    case Kind.LIST:
      return node.values.map((item) => parseJsonLiteral(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields.map((field) => [field.name.value, parseJsonLiteral(field.value, variables)]),
      );
    default:
      return valueFromASTUntyped(node, variables);
  }
}

/** Bytes leave as base64; text that is base64 already stays. */
function writeBytes(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('base64') : value;
}
