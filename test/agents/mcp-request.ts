/** One message of an agent as it travels, in the words of both eras: for what clients of the protocol would not send, or not show. */

export type Era = '2026-07-28' | '2025-11-25';

/** Headers and body of a call. */
export interface McpRequest {
  headers: Record<string, string>;
  body: { jsonrpc: '2.0'; id: number; method: string; params: Record<string, unknown> };
}

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

export function mcpRequest(method: string, params: Record<string, unknown>, era: Era = '2026-07-28'): McpRequest {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const versioned = { ...headers, 'mcp-protocol-version': era };
  if (era === '2025-11-25') return { headers: versioned, body: { jsonrpc: '2.0', id: 1, method, params } };
  const { name } = params;
  const named = { ...versioned, 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) };
  const _meta = { [VERSION]: era, [CAPABILITIES]: {} };
  return { headers: named, body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } } };
}

export const toolCall = (name: string, given: Record<string, unknown>, era?: Era): McpRequest =>
  mcpRequest('tools/call', { name, arguments: given }, era);

/** As JSON, and in the one event of a stream. */
export function messageOf(text: string): McpMessage {
  return JSON.parse(/^(?:data: )?(\{.+\})$/m.exec(text)?.[1] ?? '{}');
}

export interface McpMessage {
  result?: {
    content: { type: string; text: string }[];
    structuredContent: { data?: unknown; errors?: ToolError[]; meta: Record<string, unknown> };
    isError: boolean;
  };
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

export interface ToolError {
  message: string;
  path?: (string | number)[];
  extensions: Record<string, unknown>;
}
