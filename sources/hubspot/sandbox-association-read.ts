/** POST /crm/v4/associations/{from}/{to}/batch/read: an object without ties is an error of its own, and the answer 207. */
import type { EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { batchAnswer } from './sandbox-answers.ts';
import { describeTie, readObjectType } from './sandbox-associations.ts';
import type { Errors } from './sandbox-errors.ts';
import { type ObjectType, SINGULAR } from './sandbox-properties.ts';
import type { CrmState } from './sandbox-state.ts';

const MAX_INPUTS = 1_000;
/** Ties of one object in one answer; more are fetched with its own `after`. */
const MAX_TIES = 500;

export function createAssociationRoutes(state: CrmState, errors: Errors, now: () => number): Route[] {
  return [
    {
      method: 'POST',
      path: '/crm/v4/associations/:from/:to/batch/read',
      operation: 'batchReadAssociations',
      handle: (request) => readAssociations(request, state, errors, now()),
    },
  ];
}

function readAssociations(
  { params, body }: EmulatorRequest,
  state: CrmState,
  errors: Errors,
  at: number,
): EmulatorResponse {
  const { from = '', to = '' } = params;
  const [fromType, toType] = [readObjectType(from), readObjectType(to)];
  if (fromType === undefined) return errors.unknownObjectType(from);
  if (toType === undefined) return errors.unknownObjectType(to);
  const inputs: unknown = typeof body === 'object' && body !== null && 'inputs' in body ? body.inputs : undefined;
  if (!Array.isArray(inputs)) return errors.invalid('Invalid input JSON: inputs is missing.');
  if (inputs.length > MAX_INPUTS) return errors.invalid(`The number of inputs must not exceed ${MAX_INPUTS}.`);

  const rows: unknown[] = [];
  const missing: unknown[] = [];
  // Asked for twice, answered once.
  for (const [id, start] of new Map(inputs.map(readInput))) {
    const ties = tiesOf(state, fromType, id, toType);
    if (ties.length === 0) missing.push(noTies(fromType, id, toType));
    else rows.push(row(fromType, id, toType, ties, start));
  }
  return batchAnswer(rows, missing, at);
}

function readInput(input: { id?: unknown; after?: unknown } | null): [id: string, start: number] {
  return [String(input?.id), Number(input?.after) || 0];
}

function tiesOf(state: CrmState, from: ObjectType, id: string, to: ObjectType) {
  const object = state.find(from, id);
  return object === undefined || object.archivedAt !== null ? [] : state.liveTies(object, to);
}

function row(
  from: ObjectType,
  id: string,
  to: ObjectType,
  ties: ReturnType<typeof tiesOf>,
  start: number,
): Record<string, unknown> {
  const end = start + MAX_TIES;
  return {
    from: { id },
    to: ties.slice(start, end).map((tie) => ({ toObjectId: tie.id, associationTypes: describeTie(from, to, tie) })),
    ...(end < ties.length ? { paging: { next: { after: String(end) } } } : {}),
  };
}

function noTies(from: ObjectType, id: string, to: ObjectType): Record<string, unknown> {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${SINGULAR[to]} is associated with ${SINGULAR[from]} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [SINGULAR[from]], toObjectType: [SINGULAR[to]] },
  };
}
