/** The control port: shows the world, the calls and the writes; sets faults; sends webhooks; starts everything anew. JSON only. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { readAccess } from './access.ts';
import { BodyMalformed, BodyTooLarge, parseBody, readBody } from './body.ts';
import { BadInput, readEmit, readFault, readWebhookUrl } from './control-input.ts';
import type { Kernel } from './kernel.ts';
import type { VendorName } from './vendor-name.ts';
import { emit } from './webhook-sender.ts';
import { reportWorld } from './world-report.ts';

interface Action {
  does: string;
  run(input: unknown): unknown;
}

/** `urls` is read at each request: the vendors' listeners start after this one. */
export function createControlHandler(kernel: Kernel, urls: Partial<Record<VendorName, string>>): RequestListener {
  const actions = createActions(kernel, urls);
  return (incoming, outgoing) => void handle(actions, incoming, outgoing);
}

function createActions(kernel: Kernel, urls: Partial<Record<VendorName, string>>): Record<string, Action> {
  const actions: Record<string, Action> = {
    'GET /': {
      does: 'This overview.',
      run: () => ({
        sandbox: 'Emulated vendors over one small world. Nothing here reaches a real vendor.',
        vendors: urls,
        paths: Object.fromEntries(Object.entries(actions).map(([name, { does }]) => [name, does])),
      }),
    },
    'GET /world': {
      does: 'Which companies, people and ids exist; credentials, webhook secrets and URLs by vendor.',
      run: () => ({ ...reportWorld(kernel.world), ...readAccess(kernel), urls }),
    },
    'GET /calls': { does: 'Calls received since the last reset.', run: () => kernel.calls.report() },
    'GET /writes': { does: 'What was written to each vendor since the last reset.', run: () => kernel.writes.report() },
    'POST /reset': {
      does: 'Fresh vendors; no faults, calls or writes. Ports stay.',
      run: () => {
        kernel.reset();
        return { reset: true };
      },
    },
    'GET /faults': { does: 'The faults that are set.', run: () => ({ faults: kernel.faults.list() }) },
    'POST /faults': {
      does: '{vendor, operation?, kind, value?, times?}: sets a fault.',
      run: (input) => {
        kernel.faults.add(readFault(kernel, input));
        return { faults: kernel.faults.list() };
      },
    },
    'DELETE /faults': {
      does: 'Removes all faults.',
      run: () => {
        kernel.faults.clear();
        return { faults: [] };
      },
    },
    'POST /emit': {
      does: '{vendor, type, count?}: changes the vendor’s state and sends the signed webhook.',
      run: (input) => emit(kernel, readEmit(kernel, input)),
    },
    'PUT /webhooks': {
      does: '{url}: where webhooks go from now on; the vendor’s name is appended.',
      run: (input) => {
        kernel.webhookBaseUrl = readWebhookUrl(input);
        return { url: kernel.webhookBaseUrl };
      },
    },
  };
  return actions;
}

async function handle(
  actions: Record<string, Action>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const raw = await readBody(incoming);
    const name = `${incoming.method} ${incoming.url?.split('?', 1)[0]}`;
    const action = actions[name];
    if (action === undefined) return send(outgoing, 404, { error: `No ${name} here.`, paths: Object.keys(actions) });
    // Whatever the content type says: curl -d sends a form's.
    send(outgoing, 200, await action.run(parseBody('application/json', raw)));
  } catch (error) {
    const bad = error instanceof BadInput || error instanceof BodyMalformed || error instanceof BodyTooLarge;
    send(outgoing, bad ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
  }
}

function send(outgoing: ServerResponse, status: number, json: unknown): void {
  const body = Buffer.from(JSON.stringify(json));
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length });
  outgoing.end(body);
}
