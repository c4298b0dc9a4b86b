/** `/api/v2/organizations`. */
import type { EmulatorKit, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { recordInvalid, recordNotFound, tooManyValues } from './sandbox-errors.ts';
import { asId, readBody, readList } from './sandbox-input.ts';
import { showOrganization } from './sandbox-objects.ts';
import { addOrganization, changeOrganization } from './sandbox-organization-changes.ts';
import { answerList, answerPages } from './sandbox-paging.ts';
import type { OrganizationRow, State } from './sandbox-state.ts';
import { answerTickets } from './sandbox-tickets.ts';

const MAX_BATCH = 100;

export function organizationRoutes(state: State, kit: EmulatorKit): Route[] {
  const answer = (organization: OrganizationRow, status = 200): EmulatorResponse => ({
    status,
    json: { organization: showOrganization(organization) },
  });
  const find = (request: EmulatorRequest) => state.organizations.get(asId(request.params['organization_id']) ?? 0);
  const path = '/api/v2/organizations';
  return [
    {
      method: 'GET',
      path,
      operation: 'organizations',
      handle: (request) =>
        answerList(request, {
          name: 'organizations',
          rows: [...state.organizations.values()],
          show: showOrganization,
          id: ({ id }) => id,
          sorts: { id: ({ id }) => id },
        }),
    },
    {
      method: 'POST',
      path,
      operation: 'createOrganization',
      handle(request) {
        const input = readBody(request, 'organization');
        const organization = addOrganization(state, input);
        if (Array.isArray(organization)) return recordInvalid(organization);
        kit.recordWrite({ operation: 'createOrganization', id: String(organization.id), data: input });
        return answer(organization, 201);
      },
    },
    {
      method: 'GET',
      path: `${path}/show_many`,
      operation: 'showManyOrganizations',
      handle: (request) => showMany(state, request),
    },
    {
      method: 'GET',
      path: `${path}/:organization_id`,
      operation: 'organization',
      handle(request) {
        const organization = find(request);
        return organization === undefined ? recordNotFound() : answer(organization);
      },
    },
    {
      method: 'PUT',
      path: `${path}/:organization_id`,
      operation: 'updateOrganization',
      handle(request) {
        const organization = find(request);
        if (organization === undefined) return recordNotFound();
        const input = readBody(request, 'organization');
        const violations = changeOrganization(state, organization, input);
        if (violations.length > 0) return recordInvalid(violations);
        kit.recordWrite({ operation: 'updateOrganization', id: String(organization.id), data: input });
        return answer(organization);
      },
    },
    {
      method: 'GET',
      path: `${path}/:organization_id/tickets`,
      operation: 'organizationTickets',
      handle(request) {
        const organization = find(request);
        if (organization === undefined) return recordNotFound();
        return answerTickets(state, request, (ticket) => ticket.organization_id === organization.id);
      },
    },
  ];
}

function showMany(state: State, request: EmulatorRequest): EmulatorResponse {
  const ids = readList(request, 'ids');
  const wanted = ids ?? readList(request, 'external_ids') ?? [];
  if (wanted.length > MAX_BATCH) return tooManyValues(wanted.length, MAX_BATCH);
  const asked = new Set(wanted.map((id) => id.toLowerCase()));
  const found = [...state.organizations.values()].filter(({ id, external_id }) =>
    ids === undefined ? external_id !== null && asked.has(external_id.toLowerCase()) : asked.has(String(id)),
  );
  return answerPages(request, 'organizations', found, showOrganization);
}
