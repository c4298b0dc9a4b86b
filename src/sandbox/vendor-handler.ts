/** One vendor's HTTP side: request in, count it, let faults strike, then guard, route and answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { BodyMalformed, BodyTooLarge, parseBody, readBody } from './body.ts';
import type { Call } from './calls.ts';
import type { EmulatorRequest, EmulatorResponse, Method } from './emulator.ts';
import type { Fault } from './faults.ts';
import type { Kernel, RunningEmulator } from './kernel.ts';
import type { RouteMatch } from './router.ts';
import { changeRows, isRowFault } from './rows.ts';
import type { VendorName } from './vendor-name.ts';

const METHODS: ReadonlySet<string> = new Set<Method>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** What a fault may do instead of an answer. */
type Outcome = EmulatorResponse | 'cut' | 'silence';

export type VendorHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Never rejects: whatever goes wrong inside becomes the vendor's own 500 and a line on stderr. */
export function createVendorHandler(kernel: Kernel, vendor: VendorName): VendorHandler {
  return async (incoming, outgoing) => {
    const running = kernel.running(vendor);
    if (running === undefined) throw new Error(`No emulator runs for ${vendor}.`);
    const { request, route, problem } = readHead(incoming, running);
    const call = kernel.calls.begin({
      vendor,
      operation: request.operation,
      method: request.method,
      path: request.path,
      query: request.query.toString(),
      at: new Date(kernel.now()).toISOString(),
    });
    try {
      const bodyProblem = await readInto(request, incoming);
      const faults = kernel.faults.take(vendor, request.operation);
      send(outgoing, call, await settle(running, { request, route, problem: problem ?? bodyProblem }, faults));
    } catch (error) {
      if (incoming.destroyed && !incoming.complete) return; // the client left while sending: nobody waits for an answer
      process.stderr.write(`sandbox: ${vendor} ${request.operation} failed: ${text(error)}\n`);
      send(outgoing, call, failure(running, request, 500));
    }
  };
}

interface Task {
  request: EmulatorRequest;
  route: RouteMatch['route'] | undefined;
  /** HTTP status for a request that cannot be understood. */
  problem: number | undefined;
}

function readHead(incoming: IncomingMessage, { router }: RunningEmulator): Task {
  const [path = '/', query = ''] = splitOnce(incoming.url ?? '/', '?');
  // An unknown method can only meet the 405 below, never a route.
  const method = (incoming.method ?? 'GET') as Method;
  let match: RouteMatch | undefined;
  let problem = METHODS.has(method) ? undefined : 405;
  try {
    match = router.match(method, path);
  } catch {
    problem = 400; // a path segment that is not valid percent-encoding
  }
  const request: EmulatorRequest = {
    method,
    path,
    params: match?.params ?? {},
    query: new URLSearchParams(query),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
    ),
    body: undefined,
    rawBody: Buffer.alloc(0),
    operation: match?.route.operation ?? 'unknown',
  };
  return { request, route: match?.route, problem };
}

async function readInto(request: EmulatorRequest, incoming: IncomingMessage): Promise<number | undefined> {
  try {
    request.rawBody = await readBody(incoming);
    request.body = parseBody(request.headers['content-type'], request.rawBody);
    return undefined;
  } catch (error) {
    if (error instanceof BodyTooLarge) return 413;
    if (error instanceof BodyMalformed) return 400;
    throw error;
  }
}

async function settle(running: RunningEmulator, task: Task, faults: readonly Fault[]): Promise<Outcome> {
  // The wait comes before the effect and is not cut short: a write whose caller gave up still happens, as in life.
  for (const { value = 0 } of faults.filter(({ kind }) => kind === 'latency'))
    await wait(value, undefined, { ref: false });
  for (const fault of faults) {
    const outcome = strike(running, task.request, fault);
    if (outcome !== undefined) return outcome;
  }
  const response = failEntries(running, await answer(running, task), faults);
  if (response.status >= 300) return response;
  const kinds = faults.map(({ kind }) => kind).filter(isRowFault);
  return kinds.length === 0 ? response : { ...response, json: changeRows(kinds, response.json) };
}

/** The outcome of a fault that replaces the answer; undefined for one that delays or changes it. */
function strike({ emulator }: RunningEmulator, request: EmulatorRequest, fault: Fault): Outcome | undefined {
  switch (fault.kind) {
    case 'reset':
      return 'cut';
    case 'blackhole':
      return 'silence';
    case 'status':
      return emulator.failure(request, fault.value ?? 500);
    case 'ratelimit':
      return emulator.rateLimited(request, fault.value ?? 1);
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'application/json' }, text: '{"data": [{"id": ' };
    case 'latency':
    case 'entry':
    case 'reorder':
    case 'drop':
    case 'duplicate':
      return undefined;
  }
}

function failEntries(
  { emulator }: RunningEmulator,
  response: EmulatorResponse,
  faults: readonly Fault[],
): EmulatorResponse {
  const fault = faults.find(({ kind }) => kind === 'entry');
  const { json, status } = response;
  if (fault === undefined || status >= 300 || !Array.isArray(json)) return response;
  const entries = json.map((entry: unknown, index) =>
    index % 2 === 0 ? emulator.failEntry?.(entry, fault.value ?? 500) : entry,
  );
  return { ...response, json: entries };
}

async function answer(running: RunningEmulator, { request, route, problem }: Task): Promise<EmulatorResponse> {
  if (problem !== undefined) return running.emulator.failure(request, problem);
  const refused = running.emulator.guard(request);
  if (refused !== undefined) return refused;
  return route === undefined ? running.emulator.notFound(request) : await route.handle(request);
}

function failure({ emulator }: RunningEmulator, request: EmulatorRequest, status: number): EmulatorResponse {
  try {
    return emulator.failure(request, status);
  } catch {
    return { status, json: { error: 'The emulator failed, and failed to say so in its own words.' } };
  }
}

function send(outgoing: ServerResponse, call: Call, outcome: Outcome): void {
  if (outcome === 'silence') return;
  if (outcome === 'cut') {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  call.status = outcome.status;
  const { json } = outcome;
  const body = Buffer.from(json === undefined ? (outcome.text ?? '') : JSON.stringify(json));
  if (json !== undefined) outgoing.setHeader('content-type', 'application/json; charset=utf-8');
  for (const [name, value] of Object.entries(outcome.headers ?? {})) outgoing.setHeader(name, value);
  if (outcome.status !== 204 && outcome.status !== 304) outgoing.setHeader('content-length', body.length);
  outgoing.writeHead(outcome.status).end(body);
}

function splitOnce(whole: string, separator: string): [string, string] {
  const at = whole.indexOf(separator);
  return at === -1 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)];
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
