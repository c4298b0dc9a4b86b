/** The one place that makes an answer of a tool: how it is written, and how large it may be. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorDetails } from '../errors.ts';

/** What a tool answers, whatever else it has to say. */
export interface ToolOutput {
  errors?: readonly GraphQLFormattedError[];
  meta: Readonly<Record<string, unknown>>;
  [member: string]: unknown;
}

export interface ToolAnswer {
  output: ToolOutput;
  /** No usable data. */
  isError: boolean;
}

/** Bytes of UTF-8 that a token takes, for the estimate. */
const TOKEN_BYTES = 3.5;
/** Errors told; what is wrong with a list is mostly wrong with each of its rows. */
const MOST_ERRORS = 10;

/** The same text for clients that read text and for those that read structured content. */
export function writeAnswer({ output, isError }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: { ...output }, isError };
}

export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / TOKEN_BYTES);
}

/** The first errors, and a note of how many more there are. */
export function fewErrors<Output extends ToolOutput>(output: Output): Output {
  const { errors = [], meta } = output;
  if (errors.length <= MOST_ERRORS) return output;
  const note = `${errors.length - MOST_ERRORS} more errors`;
  return { ...output, errors: errors.slice(0, MOST_ERRORS), meta: { ...meta, note } };
}

/** The error in place of an answer that takes more tokens than it may. */
export function tooManyTokens(tokens: number, most: number, requestId: string, advice: string): GraphQLFormattedError {
  const details: ErrorDetails = { limit: 'maxTokens', retryable: false };
  const message = `The answer takes about ${tokens} tokens, and ${most} are allowed. ${advice}`;
  return { message, extensions: { code: 'LIMIT_EXCEEDED', ...details, requestId } };
}
