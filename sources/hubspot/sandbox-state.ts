/** What the emulated CRM holds: objects by kind and id, their ties, and the rules HubSpot keeps by itself (dates, counts, unique e-mail). */
import { type Associations, createAssociations, type Tie } from './sandbox-associations.ts';
import { DEAL_STAGES, OBJECT_TYPES, type ObjectType, type Values } from './sandbox-properties.ts';

export interface CrmObject {
  type: ObjectType;
  id: string;
  values: Values;
  createdAt: string;
  updatedAt: string;
  archivedAt: string | null;
  /** There from the start, not made by a write or an event. */
  fromWorld: boolean;
}

export interface CrmState {
  associations: Associations;
  /** Live and archived, in the order of their ids. */
  all(type: ObjectType): readonly CrmObject[];
  find(type: ObjectType, id: string): CrmObject | undefined;
  /** A live contact; letter case does not matter. */
  findByEmail(email: string): CrmObject | undefined;
  /** Value of any property HubSpot knows, computed ones included; null when it has none. */
  read(object: CrmObject, name: string): string | null;
  /** Ties to objects that are not archived. */
  liveTies(object: CrmObject, to: ObjectType): Tie[];
  /** Puts an object with an id of its own in place; for the start. */
  restore(object: CrmObject): void;
  /** With the next free id. */
  create(type: ObjectType, values: Values): CrmObject;
  /** An empty text clears a value. */
  update(object: CrmObject, values: Values): void;
  archive(object: CrmObject): void;
}

export function createCrmState(now: () => number): CrmState {
  const associations = createAssociations();
  const objects = new Map(OBJECT_TYPES.map((type) => [type, new Map<string, CrmObject>()]));
  const ordered = new Map<ObjectType, CrmObject[]>();
  const byEmail = new Map<string, CrmObject>();
  const timestamp = () => new Date(now()).toISOString();
  const table = (type: ObjectType) => objects.get(type) ?? new Map<string, CrmObject>();

  const all = (type: ObjectType): readonly CrmObject[] => {
    const known = ordered.get(type) ?? [...table(type).values()].sort((a, b) => Number(a.id) - Number(b.id));
    ordered.set(type, known);
    return known;
  };
  const find = (type: ObjectType, id: string) => table(type).get(id);
  const index = (object: CrmObject) => {
    const { email } = object.values;
    if (object.type === 'contacts' && email !== undefined) byEmail.set(email, object);
  };
  const unindex = ({ values: { email } }: CrmObject) => void (email !== undefined && byEmail.delete(email));
  const restore = (object: CrmObject) => {
    table(object.type).set(object.id, object);
    ordered.delete(object.type);
    index(object);
  };
  const liveTies = ({ type, id }: CrmObject, to: ObjectType) =>
    associations.of(type, id, to).filter((tie) => find(to, tie.id)?.archivedAt === null);

  return {
    associations,
    all,
    find,
    findByEmail: (email) => byEmail.get(email.trim().toLowerCase()),
    read: (object, name) => compute(object, name, liveTies) ?? object.values[name] ?? null,
    liveTies,
    restore,
    create(type, values) {
      const at = timestamp();
      const id = String(Math.max(1_000, Number(all(type).at(-1)?.id ?? 0)) + 1);
      const object = {
        type,
        id,
        values: withoutEmpty(values),
        createdAt: at,
        updatedAt: at,
        archivedAt: null,
        fromWorld: false,
      };
      restore(object);
      return object;
    },
    update(object, values) {
      if (object.type === 'contacts') unindex(object);
      object.values = withoutEmpty({ ...object.values, ...values });
      object.updatedAt = timestamp();
      index(object);
    },
    archive(object) {
      if (object.type === 'contacts') unindex(object);
      object.archivedAt = timestamp();
      object.updatedAt = object.archivedAt;
    },
  };
}

/** Properties HubSpot fills in itself; undefined for all others. */
function compute(object: CrmObject, name: string, liveTies: CrmState['liveTies']): string | null | undefined {
  const { dealstage } = object.values;
  switch (name) {
    case 'hs_object_id':
      return object.id;
    case 'createdate':
      return object.createdAt;
    case 'lastmodifieddate':
    case 'hs_lastmodifieddate':
      return object.updatedAt;
    case 'associatedcompanyid':
      return liveTies(object, 'companies').find(({ primary }) => primary)?.id ?? null;
    case 'num_associated_contacts':
      return String(liveTies(object, 'contacts').length);
    case 'num_associated_deals':
      return String(liveTies(object, 'deals').length);
    case 'hs_is_closed':
      return String(dealstage === 'closedwon' || dealstage === 'closedlost');
    case 'hs_is_closed_won':
      return String(dealstage === 'closedwon');
    case 'hs_deal_stage_probability':
      return DEAL_STAGES[dealstage ?? ''] ?? null;
    default:
      return undefined;
  }
}

function withoutEmpty(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
