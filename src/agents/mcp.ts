/**
 * The Model Context Protocol for agents. The official package speaks it, that of 2026-07-28 and those of 2025; nothing is
 * remembered between two messages. The package takes tens of milliseconds and megabytes to load, so it is loaded for the first message.
 */
import { readFileSync } from 'node:fs';
import type { Server } from '@modelcontextprotocol/server';
import type { AgentCaller, AgentOptions, HttpNeeds } from './agent-call.ts';
import { writeAnswer } from './tool-answer.ts';
import { callTool, toolNamed } from './tool-calls.ts';
import { INSTRUCTIONS, toolsFor } from './tool-list.ts';

export interface AgentMessage extends AgentCaller {
  /** Its headers count; its body was read already. */
  request: Request;
  /** The body: one message of JSON-RPC. */
  message: unknown;
}

/** The answer is whole: no stream is left open. */
export type AnswerAgent = (message: AgentMessage) => Promise<Response>;

interface Protocol {
  mcp: typeof import('@modelcontextprotocol/server');
  server: { name: string; version: string };
}

const HOUR_MS = 3_600_000;

export function createAgentAnswers(options: AgentOptions): AnswerAgent {
  let protocol: Promise<Protocol> | undefined;
  return async ({ request, message, ...caller }) => {
    protocol ??= loadProtocol();
    const loaded = await protocol;
    let http: HttpNeeds = { headers: {} };
    const note = (needs: HttpNeeds): void => {
      http = needs;
    };
    const handler = loaded.mcp.createMcpHandler(() => serverFor(caller, loaded, options, note));
    const answered = await handler.fetch(request, { parsedBody: message });
    // Whole, before its status is written: some of what a tool says belongs there.
    const body = await answered.text();
    const type = answered.headers.get('content-type');
    const headers = { ...http.headers, ...(type !== null && { 'content-type': type }) };
    return new Response(body === '' ? null : body, { status: http.status ?? answered.status, headers });
  };
}

async function loadProtocol(): Promise<Protocol> {
  const mcp = await import('@modelcontextprotocol/server');
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return { mcp, server: { name, version } };
}

/** For one message. Arguments are checked by us: the package's own refusal could tell nothing but one line. */
function serverFor(
  caller: AgentCaller,
  { mcp, server: identity }: Protocol,
  options: AgentOptions,
  note: (needs: HttpNeeds) => void,
): Server {
  const server = new mcp.Server(identity, {
    // Nothing that changes is announced: whoever wants to listen is told so, and its stream ends at once.
    capabilities: { tools: { listChanged: false } },
    instructions: INSTRUCTIONS,
    // What is listed follows the caller's rights.
    cacheHints: { 'tools/list': { ttlMs: HOUR_MS, cacheScope: 'private' } },
  });
  server.setRequestHandler('tools/list', () => ({ tools: toolsFor(caller.principal) }));
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: given } }) => {
    const tool = toolNamed(name, caller, options);
    if (!tool) {
      const names = toolsFor(caller.principal).map((one) => one.name);
      throw new mcp.ProtocolError(mcp.ProtocolErrorCode.InvalidParams, `There is no such tool. Tools: ${names}.`);
    }
    const { http, ...answer } = await callTool(tool, given, caller, options);
    if (http) note(http);
    return writeAnswer(answer);
  });
  return server;
}
