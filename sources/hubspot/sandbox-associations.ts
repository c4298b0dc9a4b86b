/** Ties between contacts, companies and deals. A tie is known from both sides; a company may be the primary one of a contact or deal. */
import type { ObjectType } from './sandbox-properties.ts';

export interface AssociationType {
  category: 'HUBSPOT_DEFINED';
  typeId: number;
  label: string | null;
}

export interface Tie {
  id: string;
  primary: boolean;
}

/** One direction between two kinds: HubSpot's numbers for it and the names version 3 uses. */
interface Direction {
  /** Number of a tie without a label. */
  plain: number;
  /** Number of the primary tie, where there can be one. */
  primary?: number;
  name: string;
}

const DIRECTIONS: Partial<Record<`${ObjectType}>${ObjectType}`, Direction>> = {
  'contacts>companies': { plain: 279, primary: 1, name: 'contact_to_company' },
  'companies>contacts': { plain: 280, primary: 2, name: 'company_to_contact' },
  'contacts>deals': { plain: 4, name: 'contact_to_deal' },
  'deals>contacts': { plain: 3, name: 'deal_to_contact' },
  'deals>companies': { plain: 341, primary: 5, name: 'deal_to_company' },
  'companies>deals': { plain: 342, primary: 6, name: 'company_to_deal' },
};

export interface Associations {
  /** Primary makes any other primary company of the same contact or deal an ordinary one. */
  tie(from: ObjectType, fromId: string, to: ObjectType, toId: string, primary: boolean): void;
  /** In the order they were made. */
  of(from: ObjectType, fromId: string, to: ObjectType): Tie[];
}

export function createAssociations(): Associations {
  const ties = new Map<string, Map<string, Tie>>();
  const side = (from: ObjectType, fromId: string, to: ObjectType) => {
    const key = `${from}/${fromId}/${to}`;
    const known = ties.get(key) ?? new Map<string, Tie>();
    ties.set(key, known);
    return known;
  };
  const of = (from: ObjectType, fromId: string, to: ObjectType) => [
    ...(ties.get(`${from}/${fromId}/${to}`)?.values() ?? []),
  ];
  const demote = (from: ObjectType, fromId: string) => {
    for (const { id } of of(from, fromId, 'companies')) {
      side(from, fromId, 'companies').set(id, { id, primary: false });
      side('companies', id, from).set(fromId, { id: fromId, primary: false });
    }
  };
  return {
    tie(from, fromId, to, toId, primary) {
      if (primary) demote(...(to === 'companies' ? ([from, fromId] as const) : ([to, toId] as const)));
      // Named as primary and as ordinary in one create, it is primary.
      const stays = primary || side(from, fromId, to).get(toId)?.primary === true;
      side(from, fromId, to).set(toId, { id: toId, primary: stays });
      side(to, toId, from).set(fromId, { id: fromId, primary: stays });
    },
    of,
  };
}

/** Version 4: a primary tie counts as two. */
export function describeTie(from: ObjectType, to: ObjectType, { primary }: Tie): AssociationType[] {
  const direction = DIRECTIONS[`${from}>${to}`];
  if (direction === undefined) return [];
  const plain: AssociationType = { category: 'HUBSPOT_DEFINED', typeId: direction.plain, label: null };
  if (!primary || direction.primary === undefined) return [plain];
  return [{ category: 'HUBSPOT_DEFINED', typeId: direction.primary, label: 'Primary' }, plain];
}

/** Version 3: names instead of numbers, a primary tie again as two rows. */
export function nameTie(from: ObjectType, to: ObjectType, { id, primary }: Tie): { id: string; type: string }[] {
  const direction = DIRECTIONS[`${from}>${to}`];
  if (direction === undefined) return [];
  if (direction.primary === undefined) return [{ id, type: direction.name }];
  const plain = { id, type: `${direction.name}_unlabeled` };
  return primary ? [{ id, type: direction.name }, plain] : [plain];
}

/** Which kind a number leads to from a kind of object, as a create names its ties; undefined when it does not start there. */
export function readTypeId(from: ObjectType, typeId: number): { to: ObjectType; primary: boolean } | undefined {
  for (const to of ['contacts', 'companies', 'deals'] as const) {
    const direction = DIRECTIONS[`${from}>${to}`];
    if (direction?.plain === typeId) return { to, primary: false };
    if (direction?.primary === typeId) return { to, primary: true };
  }
  return undefined;
}

const NAMES: Readonly<Record<string, ObjectType>> = {
  contacts: 'contacts',
  contact: 'contacts',
  '0-1': 'contacts',
  companies: 'companies',
  company: 'companies',
  '0-2': 'companies',
  deals: 'deals',
  deal: 'deals',
  '0-3': 'deals',
};

/** HubSpot takes the plural, the singular and its own number of a kind. */
export function readObjectType(name: string): ObjectType | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(NAMES, lower) ? NAMES[lower] : undefined;
}
