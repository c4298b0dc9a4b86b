/** Adds and changes users, under Zendesk's rules. */
import type { Violation } from './sandbox-errors.ts';
import { asId, asInput, asText, asTexts, blank, type Input, invalid, readMember } from './sandbox-input.ts';
import { type State, USER_ROLES, type UserRow } from './sandbox-state.ts';

export function findUserByEmail(state: State, email: string): UserRow | undefined {
  const wanted = email.trim().toLowerCase();
  return state.users.values().find((user) => user.email?.toLowerCase() === wanted);
}

export function findUserByExternalId(state: State, externalId: string): UserRow | undefined {
  const wanted = externalId.toLowerCase();
  return state.users.values().find((user) => user.external_id?.toLowerCase() === wanted);
}

/** The new user, already in the state; or what is wrong with the input, and the state is as it was. */
export function addUser(state: State, input: Input): UserRow | Violation[] {
  const violations: Violation[] = [];
  const properties = readProperties(state, input, violations);
  const email = asText(input['email'])?.trim();
  if (properties.name === undefined) {
    violations.push({ ...blank('name'), description: 'Name: is too short (minimum one character)' });
  }
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    violations.push({
      property: 'email',
      description: `Email: ${email} is not properly formatted`,
      error: 'InvalidValue',
    });
  } else if (email !== undefined && findUserByEmail(state, email) !== undefined) {
    const description = `Email: ${email} is already being used by another user`;
    violations.push({ property: 'email', description, error: 'DuplicateValue' });
  }
  if (properties.name === undefined || violations.length > 0) return violations;
  const time = state.time();
  const user: UserRow = {
    id: state.nextId.user(),
    name: properties.name,
    email: email ?? null,
    created_at: time,
    updated_at: time,
    phone: null,
    organization_id: organizationOf(state, email),
    role: 'end-user',
    verified: false,
    external_id: null,
    tags: [],
    alias: null,
    details: null,
    notes: null,
    suspended: false,
    time_zone: 'London',
    locale: 'en-US',
    user_fields: {},
    ...properties,
  };
  state.users.set(user.id, user);
  return user;
}

/** The violations; when there are any, the user is as before. A new address becomes a secondary one, which is not shown. */
export function changeUser(state: State, user: UserRow, input: Input): Violation[] {
  const violations: Violation[] = [];
  const properties = readProperties(state, input, violations);
  if ('name' in input && properties.name === undefined) violations.push(blank('name'));
  if (violations.length > 0) return violations;
  Object.assign(user, properties, { updated_at: state.time() });
  return [];
}

function readProperties(state: State, input: Input, violations: Violation[]): Partial<UserRow> {
  const name = asText(input['name']);
  const role = readMember(input, 'role', USER_ROLES, violations);
  const organization = input['organization_id'];
  const organizationId = asId(organization);
  if (organization != null && (organizationId === undefined || !state.organizations.has(organizationId))) {
    violations.push(invalid('organization_id'));
  }
  return {
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
    ...('organization_id' in input && { organization_id: organizationId ?? null }),
    ...('phone' in input && { phone: asText(input['phone']) ?? null }),
    ...('external_id' in input && { external_id: asText(input['external_id']) ?? null }),
    ...('alias' in input && { alias: asText(input['alias']) ?? null }),
    ...('details' in input && { details: asText(input['details']) ?? null }),
    ...('notes' in input && { notes: asText(input['notes']) ?? null }),
    ...('tags' in input && { tags: asTexts(input['tags']) }),
    ...('verified' in input && { verified: input['verified'] === true }),
    ...('suspended' in input && { suspended: input['suspended'] === true }),
    ...('time_zone' in input && { time_zone: asText(input['time_zone']) ?? 'London' }),
    ...('locale' in input && { locale: asText(input['locale']) ?? 'en-US' }),
    ...('user_fields' in input && { user_fields: asInput(input['user_fields']) ?? {} }),
  };
}

/** A new user joins the organization that has the address's domain. */
function organizationOf(state: State, email: string | undefined): number | null {
  const domain = email?.split('@').at(-1)?.toLowerCase();
  if (domain === undefined) return null;
  return state.organizations.values().find(({ domain_names }) => domain_names.includes(domain))?.id ?? null;
}
