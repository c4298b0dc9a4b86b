/** The protocol's official client, connected to a gateway. Ended by the test that opens it: `await using`. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Era, McpMessage } from './mcp-request.ts';

export interface ConnectedClient extends AsyncDisposable {
  client: Client;
  /** A tool's answer. Rejects when the gateway answers with a status that is no success, and for a protocol error. */
  call(name: string, given: Record<string, unknown>): Promise<NonNullable<McpMessage['result']>>;
}

/** `url`: of the gateway, without a path. */
export async function connectClient(url: string, key: string, era: Era = '2026-07-28'): Promise<ConnectedClient> {
  const mode = era === '2025-11-25' ? 'legacy' : { pin: era };
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  // From then on it checks each answer against its tool's output schema.
  await client.listTools();
  return {
    client,
    // Those it has checked.
    call: async (name, given) =>
      (await client.callTool({ name, arguments: given })) as unknown as NonNullable<McpMessage['result']>,
    [Symbol.asyncDispose]: () => client.close(),
  };
}
