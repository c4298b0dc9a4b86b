/** Adds and changes organizations, under Zendesk's rules. */
import type { Violation } from './sandbox-errors.ts';
import { asId, asInput, asText, asTexts, blank, type Input } from './sandbox-input.ts';
import type { OrganizationRow, State } from './sandbox-state.ts';

/** The new organization, already in the state; or what is wrong with the input. */
export function addOrganization(state: State, input: Input): OrganizationRow | Violation[] {
  const violations: Violation[] = [];
  const properties = readProperties(state, input, undefined, violations);
  if (properties.name === undefined) violations.push({ ...blank('name'), description: 'Name: cannot be blank' });
  if (properties.name === undefined || violations.length > 0) return violations;
  const time = state.time();
  const organization: OrganizationRow = {
    id: state.nextId.organization(),
    name: properties.name,
    created_at: time,
    updated_at: time,
    domain_names: [],
    external_id: null,
    details: null,
    notes: null,
    group_id: null,
    shared_tickets: false,
    shared_comments: false,
    tags: [],
    organization_fields: {},
    ...properties,
  };
  state.organizations.set(organization.id, organization);
  return organization;
}

/** The violations; when there are any, the organization is as before. */
export function changeOrganization(state: State, organization: OrganizationRow, input: Input): Violation[] {
  const violations: Violation[] = [];
  const properties = readProperties(state, input, organization.id, violations);
  if ('name' in input && properties.name === undefined) violations.push(blank('name'));
  if (violations.length > 0) return violations;
  Object.assign(organization, properties, { updated_at: state.time() });
  return [];
}

function readProperties(
  state: State,
  input: Input,
  ownId: number | undefined,
  violations: Violation[],
): Partial<OrganizationRow> {
  const name = asText(input['name']);
  const twin = state.organizations.values().find((one) => one.name.toLowerCase() === name?.toLowerCase());
  if (twin !== undefined && twin.id !== ownId) {
    const description = `Name: ${name} has already been taken`;
    violations.push({ property: 'name', description, error: 'DuplicateValue' });
  }
  return {
    ...(name !== undefined && { name }),
    ...('domain_names' in input && {
      domain_names: asTexts(input['domain_names']).map((domain) => domain.toLowerCase()),
    }),
    ...('external_id' in input && { external_id: asText(input['external_id']) ?? null }),
    ...('details' in input && { details: asText(input['details']) ?? null }),
    ...('notes' in input && { notes: asText(input['notes']) ?? null }),
    ...('group_id' in input && { group_id: asId(input['group_id']) ?? null }),
    ...('shared_tickets' in input && { shared_tickets: input['shared_tickets'] === true }),
    ...('shared_comments' in input && { shared_comments: input['shared_comments'] === true }),
    ...('tags' in input && { tags: asTexts(input['tags']) }),
    ...('organization_fields' in input && { organization_fields: asInput(input['organization_fields']) ?? {} }),
  };
}
