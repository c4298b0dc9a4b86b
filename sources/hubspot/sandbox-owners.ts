/** Owners: read only. `/crm/v3/owners` and the same with a slash at the end, which HubSpot's own client sends. */
import type { EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import type { Errors } from './sandbox-errors.ts';
import type { Owner } from './sandbox-start.ts';

const MAX_LIST = 500;

export function createOwnerRoutes(owners: readonly Owner[], errors: Errors): Route[] {
  const list = ({ query }: EmulatorRequest) => listOwners(owners, query, errors);
  return [
    { method: 'GET', path: '/crm/v3/owners', operation: 'owners', handle: list },
    { method: 'GET', path: '/crm/v3/owners/', operation: 'owners', handle: list },
    {
      method: 'GET',
      path: '/crm/v3/owners/:id',
      operation: 'owner',
      handle: ({ params, query }) => {
        const key = query.get('idProperty') === 'userId' ? 'userId' : 'id';
        const owner = owners.find((candidate) => String(candidate[key]) === params['id']);
        // Nobody of this world has left: there are no archived owners.
        if (owner === undefined || query.get('archived') === 'true') return errors.noSuchObject();
        return { status: 200, json: present(owner) };
      },
    },
  ];
}

function listOwners(owners: readonly Owner[], query: URLSearchParams, errors: Errors): EmulatorResponse {
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST)
    return errors.invalid(`limit must be between 1 and ${MAX_LIST}.`);
  const after = query.get('after') ?? '';
  const start = after === '' ? 0 : readCursor(after);
  if (start === undefined) return errors.invalid(`Invalid paging cursor: ${after}`);

  const email = query.get('email')?.toLowerCase();
  const rows =
    query.get('archived') === 'true' ? [] : owners.filter((owner) => email === undefined || owner.email === email);
  const end = start + limit;
  return {
    status: 200,
    json: {
      results: rows.slice(start, end).map(present),
      ...(end < rows.length ? { paging: { next: { after: writeCursor(end) } } } : {}),
    },
  };
}

function present({ userId, ...owner }: Owner): Record<string, unknown> {
  return { ...owner, type: 'PERSON', userId, userIdIncludingInactive: userId, archived: false };
}

/** Not a number on the wire, so that nobody counts with it. */
function writeCursor(position: number): string {
  return Buffer.from(`owner:${position}`).toString('base64url');
}

function readCursor(cursor: string): number | undefined {
  const position = /^owner:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  return position === undefined ? undefined : Number(position);
}
