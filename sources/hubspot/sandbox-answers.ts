/** How objects and batches look on the wire. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';
import { nameTie } from './sandbox-associations.ts';
import { CONSTANT_PROPERTIES, DEFAULT_PROPERTIES, type ObjectType, PROPERTIES } from './sandbox-properties.ts';
import type { CrmObject, CrmState } from './sandbox-state.ts';

export function present(state: CrmState, object: CrmObject, names: readonly string[]): Record<string, unknown> {
  const { type, id, createdAt, updatedAt, archivedAt } = object;
  const wanted = names.length === 0 ? DEFAULT_PROPERTIES[type] : names;
  const known = [...new Set([...CONSTANT_PROPERTIES[type], ...wanted])].filter((name) =>
    Object.hasOwn(PROPERTIES[type], name),
  );
  return {
    id,
    properties: Object.fromEntries(known.sort().map((name) => [name, state.read(object, name)])),
    createdAt,
    updatedAt,
    archived: archivedAt !== null,
    ...(archivedAt === null ? {} : { archivedAt }),
  };
}

/** Absent when no kind was asked for or none has a tie. */
export function presentTies(
  state: CrmState,
  object: CrmObject,
  kinds: readonly ObjectType[],
): { associations?: Record<string, unknown> } {
  const known = kinds
    .map((kind) => [kind, state.liveTies(object, kind).flatMap((tie) => nameTie(object.type, kind, tie))] as const)
    .filter(([, results]) => results.length > 0)
    .map(([kind, results]) => [kind, { results }] as const);
  return known.length === 0 ? {} : { associations: Object.fromEntries(known) };
}

/** The envelope of a batch: 200 when every input was answered, 207 with `errors` otherwise. */
export function batchAnswer(results: unknown[], errors: unknown[], at: number): EmulatorResponse {
  const time = new Date(at).toISOString();
  const answer = { status: 'COMPLETE', results, startedAt: time, completedAt: time };
  if (errors.length === 0) return { status: 200, json: answer };
  return { status: 207, json: { ...answer, numErrors: errors.length, errors } };
}

export function paging(
  after: string | undefined,
  path: string,
  query: URLSearchParams,
): { paging?: { next: { after: string; link?: string } } } {
  if (after === undefined) return {};
  if (query.size === 0) return { paging: { next: { after } } };
  const again = new URLSearchParams(query);
  again.set('after', after);
  return { paging: { next: { after, link: `https://api.hubapi.com${path}?${again}` } } };
}
