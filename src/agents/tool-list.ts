/**
 * The tools agents see: names, descriptions, shapes. Every word of them is read by a model before each task, so they are few.
 * Schemas are flat: `$ref`, unions and dots in names make some providers refuse the whole list.
 */
import type { Tool } from '@modelcontextprotocol/server';

export const TOOL_NAMES = ['graph_describe', 'graph_query'] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** Of an answer; about 3.5 bytes of UTF-8 each. */
export const TOKENS = { least: 200, default: 4_000, most: 20_000 } as const;
/** Characters of the reason an agent gives. */
export const REASON = { least: 8, most: 300 } as const;
/** Coordinates in one question. */
export const MOST_COORDINATES = 20;

export const INSTRUCTIONS =
  'graph_describe shows what can be asked (begin with the coordinate "Query"), graph_query asks it. Nothing here writes.';

const ERRORS = { type: 'array', items: { type: 'object' } };
const META = { type: 'object' };

const DESCRIBE: Tool = {
  name: 'graph_describe',
  description: 'Exact definitions for schema coordinates (Type, Type.field): args, types, enum values, scope.',
  annotations: {
    title: 'Describe types and fields',
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  inputSchema: {
    type: 'object',
    properties: {
      coordinates: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MOST_COORDINATES },
    },
    required: ['coordinates'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      sdl: { type: 'string' },
      fields: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            coordinate: { type: 'string' },
            scope: { type: 'string' },
            sensitivity: { type: 'string' },
          },
          required: ['coordinate'],
        },
      },
      notFound: {
        type: 'array',
        items: {
          type: 'object',
          properties: { coordinate: { type: 'string' }, didYouMean: { type: 'array', items: { type: 'string' } } },
          required: ['coordinate'],
        },
      },
      errors: ERRORS,
      meta: META,
    },
    required: ['sdl'],
  },
};

const QUERY: Tool = {
  name: 'graph_query',
  description:
    'Run one GraphQL query (or a saved operation by name). Select only needed fields. An answer over maxTokens is refused with its size. check=true validates and prices without running.',
  annotations: {
    title: 'Read from the graph',
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', description: 'GraphQL text; omit when saved is given' },
      saved: { type: 'string' },
      variables: { type: 'object', additionalProperties: true },
      reason: {
        type: 'string',
        minLength: REASON.least,
        maxLength: REASON.most,
        description: 'Why this data is needed; stored in the audit log',
      },
      maxTokens: { type: 'integer', minimum: TOKENS.least, maximum: TOKENS.most, default: TOKENS.default },
      check: { type: 'boolean', default: false },
    },
    required: ['reason'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { data: {}, errors: ERRORS, meta: META },
    required: ['meta'],
  },
};

const TOOLS: Readonly<Record<ToolName, Tool>> = { graph_describe: DESCRIBE, graph_query: QUERY };

/** In a stable order, so that caches of prompts hold. Who may send saved operations only is not shown how to write others. */
export function toolsFor({ trustedDocumentsOnly }: { trustedDocumentsOnly?: boolean }): Tool[] {
  return TOOL_NAMES.filter((name) => name === 'graph_query' || !trustedDocumentsOnly).map((name) => TOOLS[name]);
}
