/** `/emails`. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { badId, invalid, isUuid, missingField, notFound } from './sandbox-errors.ts';
import { once } from './sandbox-idempotency.ts';
import { listEmail, showEmail } from './sandbox-objects.ts';
import { answerList } from './sandbox-paging.ts';
import { asInput, badSchedule, type Input, readNewEmail, readSchedule } from './sandbox-sending.ts';
import type { EmailRow, State } from './sandbox-state.ts';

const MAX_BATCH = 100;

export function emailRoutes(state: State, kit: EmulatorKit): Route[] {
  return [
    {
      method: 'GET',
      path: '/emails',
      operation: 'emails',
      handle: (request) => answerList(request, state.emails, listEmail),
    },
    {
      method: 'POST',
      path: '/emails',
      operation: 'sendEmail',
      handle: once((request) => send(state, kit, asInput(request.body)), kit.now),
    },
    {
      method: 'POST',
      path: '/emails/batch',
      operation: 'sendEmailBatch',
      handle: once((request) => sendBatch(state, kit, request), kit.now),
    },
    {
      method: 'GET',
      path: '/emails/:email_id',
      operation: 'email',
      handle: (request) => withEmail(state, request, (email) => ({ status: 200, json: showEmail(email) })),
    },
    {
      method: 'PATCH',
      path: '/emails/:email_id',
      operation: 'updateEmail',
      handle: (request) => withEmail(state, request, (email) => reschedule(state, kit, email, asInput(request.body))),
    },
    {
      method: 'POST',
      path: '/emails/:email_id/cancel',
      operation: 'cancelEmail',
      handle: (request) => withEmail(state, request, (email) => cancel(kit, email)),
    },
  ];
}

function withEmail(
  state: State,
  request: EmulatorRequest,
  answer: (email: EmailRow) => EmulatorResponse,
): EmulatorResponse {
  const id = request.params['email_id'] ?? '';
  if (!isUuid(id)) return badId('id');
  const email = state.emails.get(id.toLowerCase());
  return email === undefined ? notFound('Email') : answer(email);
}

function send(state: State, kit: EmulatorKit, input: Input): EmulatorResponse {
  const email = readNewEmail(state, input);
  if ('status' in email) return email;
  take(state, kit, 'sendEmail', email, input);
  return { status: 200, json: { id: email.id } };
}

function take(state: State, kit: EmulatorKit, operation: string, email: EmailRow, input: Input): void {
  state.emails.set(email.id, email);
  kit.recordWrite({ operation, id: email.id, data: input });
}

/** Strict unless `x-batch-validation: permissive`: one bad e-mail, and none is sent. */
function sendBatch(state: State, kit: EmulatorKit, request: EmulatorRequest): EmulatorResponse {
  const { body } = request;
  if (!Array.isArray(body) || body.length === 0) return invalid('The request body must be an array of emails.');
  if (body.length > MAX_BATCH) return invalid(`The batch must have at most ${MAX_BATCH} emails.`);
  const permissive = request.headers['x-batch-validation'] === 'permissive';
  const read = body.map((item: unknown) => ({ input: asInput(item), email: readNewEmail(state, asInput(item)) }));
  const errors: { index: number; message: string }[] = [];
  const taken: { input: Input; email: EmailRow }[] = [];
  for (const [index, { input, email }] of read.entries()) {
    if (!('status' in email)) taken.push({ input, email });
    else if (!permissive) return email;
    else errors.push({ index, message: String(asInput(email.json)['message']) });
  }
  for (const { input, email } of taken) take(state, kit, 'sendEmailBatch', email, input);
  return { status: 200, json: { data: taken.map(({ email }) => ({ id: email.id })), ...(permissive && { errors }) } };
}

function reschedule(state: State, kit: EmulatorKit, email: EmailRow, input: Input): EmulatorResponse {
  const scheduled = readSchedule(state, input['scheduled_at']);
  if (scheduled === undefined) return missingField('scheduled_at');
  if (scheduled === 'invalid') return badSchedule();
  if (email.last_event !== 'scheduled') return invalid('Only scheduled emails can be updated.');
  email.scheduled_at = scheduled;
  kit.recordWrite({ operation: 'updateEmail', id: email.id, data: input });
  return { status: 200, json: { object: 'email', id: email.id } };
}

function cancel(kit: EmulatorKit, email: EmailRow): EmulatorResponse {
  if (email.last_event !== 'scheduled') return invalid('Only scheduled emails can be canceled.');
  email.last_event = 'canceled';
  kit.recordWrite({ operation: 'cancelEmail', id: email.id, data: {} });
  return { status: 200, json: { object: 'email', id: email.id } };
}
