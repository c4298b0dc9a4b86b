/** The form on the company's website: what somebody types becomes a contact in HubSpot. What follows is the app's business. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failpoint } from './failpoint.ts';
import { ask, GraphError } from './graph.ts';
import { settings } from './settings.ts';

const MOST_BYTES = 10_000;
const FIELDS = ['email', 'firstname', 'lastname', 'jobtitle'] as const;

const CREATE = 'mutation Create($input: HubspotContactCreateInput!) { hubspotCreateContact(input: $input) { id } }';

const KNOWN = 'query Known($email: String!) { person(email: $email) { contact { id } } }';

const FORM = `<form method="post">
<label>E-mail <input name="email" type="email" required></label>
<label>First name <input name="firstname"></label>
<label>Last name <input name="lastname"></label>
<label>Job title <input name="jobtitle"></label>
<button>Send</button>
</form>`;

const server = createServer((request, response) => {
  answer(request, response).catch(() => send(response, 500, 'Something went wrong. Please try again.'));
});

server.listen(settings.formPort, '127.0.0.1', () => {
  // A server that listens on a port has an address of this kind.
  process.stdout.write(`the form is at http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return send(response, 200, FORM);
  const fields = await readFields(request);
  if (fields === undefined) return send(response, 413, 'That is too much.');
  const properties = Object.fromEntries(
    FIELDS.flatMap((name) => (fields.get(name)?.trim() ? [[name, fields.get(name)?.trim()]] : [])),
  );
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(properties['email'] ?? '')) {
    return send(response, 400, 'Please give us an address we can answer to.');
  }
  await createContact(properties, response);
}

async function createContact(properties: Record<string, string | undefined>, response: ServerResponse): Promise<void> {
  await failpoint('form:begun');
  try {
    await ask(CREATE, { input: { properties: { ...properties, lifecyclestage: 'lead' } } });
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    process.stderr.write(`contact not created: ${error.code}\n`);
    // Sending it again is safe: HubSpot keeps an address once.
    if (error.code !== 'VENDOR_REJECTED') return send(response, 503, 'Please try again in a minute.');
    if (!(await isKnown(properties['email']))) return send(response, 400, 'Please look through what you typed.');
  }
  await failpoint('form:created');
  send(response, 200, 'Thank you! You will hear from us.');
}

/** Somebody who is known already hears the same as everybody: who is in the CRM is nobody's business. */
async function isKnown(email: string | undefined): Promise<boolean> {
  const known = await ask<{ person: { contact: object | null } | null }>(KNOWN, { email });
  return known.person?.contact != null;
}

async function readFields(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_BYTES) return undefined;
  }
  return new URLSearchParams(text);
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><title>Contact us</title>\n${body}\n`);
}
