/** Events, told in a signed array: of what a colleague in HubSpot's own pages does, and of writes through the API. */
import type { BuildWebhook, WebhookDelivery, WebhookTarget } from '../../src/sandbox/emulator.ts';
import { DEAL_STAGES, type ObjectType, SINGULAR, type Values } from './sandbox-properties.ts';
import { signV1, signV3 } from './sandbox-signature.ts';
import type { CrmObject, CrmState } from './sandbox-state.ts';

export interface WebhookOptions {
  state: CrmState;
  secret: string;
  portalId: number;
  now(): number;
  random(): number;
}

export interface Webhooks {
  types: readonly string[];
  /** Throws a TypeError for an unknown type, an Error when nothing is left to change. */
  emit(type: string, target: WebhookTarget): WebhookDelivery;
  /** The delivery of a write through the API; the events in it keep their ids from try to try. */
  ofWrite(changes: readonly Change[]): BuildWebhook;
}

/** Who made a change. HubSpot's own values (https://developers.hubspot.com/docs/api/webhooks). */
interface Origin {
  changeSource: 'CRM_UI' | 'INTEGRATION';
  sourceId: string;
}

const COLLEAGUE: Origin = { changeSource: 'CRM_UI', sourceId: 'userId:9586504' };
const API: Origin = { changeSource: 'INTEGRATION', sourceId: '1160452' };

/** What happened to an object: a flag for its life, or one property and its new value. */
export type Change = LifeChange | PropertyChange;

interface LifeChange {
  object: CrmObject;
  changeFlag: 'NEW' | 'DELETED';
}

interface PropertyChange {
  object: CrmObject;
  propertyName: string;
  propertyValue: string;
}

interface Chance {
  pick<T>(list: readonly T[]): T | undefined;
  number(below: number): number;
  /** The present, ISO 8601. */
  time(): string;
}

type Happening = (state: CrmState, chance: Chance) => Change[];

const HAPPENINGS: Readonly<Record<string, Happening>> = {
  'contact.creation': (state, chance) => created(newContact(state, chance)),
  'contact.propertyChange': (state, chance) => {
    const contact = pickLive(state, 'contacts', chance);
    const stages = ['lead', 'marketingqualifiedlead', 'salesqualifiedlead', 'opportunity', 'customer', 'evangelist'];
    const others = stages.filter((stage) => stage !== contact.values['lifecyclestage']);
    return changed(state, contact, { lifecyclestage: chance.pick(others) ?? 'lead' });
  },
  'contact.deletion': (state, chance) => {
    const contact = latest(state, 'contacts') ?? pickLive(state, 'contacts', chance);
    state.archive(contact);
    return [{ object: contact, changeFlag: 'DELETED' }];
  },
  'company.creation': (state, chance) => created(newCompany(state, chance)),
  'company.propertyChange': (state, chance) => {
    const company = pickLive(state, 'companies', chance);
    const before = Number(company.values['numberofemployees'] ?? 10);
    return changed(state, company, { numberofemployees: String(before + 1 + chance.number(20)) });
  },
  'deal.creation': (state, chance) => created(newDeal(state, chance)),
  'deal.propertyChange': (state, chance) => {
    const deal = pickLive(state, 'deals', chance);
    const others = Object.keys(DEAL_STAGES).filter((stage) => stage !== deal.values['dealstage']);
    const dealstage = chance.pick(others) ?? 'closedwon';
    // HubSpot sets the closing date with the stage: two events of one change.
    const closing = dealstage.startsWith('closed') ? { closedate: chance.time() } : {};
    return changed(state, deal, { dealstage, ...closing });
  },
};

export function createWebhooks({ state, secret, portalId, now, random }: WebhookOptions): Webhooks {
  const chance: Chance = {
    pick: (list) => list[Math.floor(random() * list.length)],
    number: (below) => Math.floor(random() * below),
    time: () => new Date(now()).toISOString(),
  };
  let events = 0;
  const describe = ({ object, ...what }: Change, occurredAt: number, origin: Origin): Record<string, unknown> => {
    const kind = 'changeFlag' in what ? (what.changeFlag === 'NEW' ? 'creation' : 'deletion') : 'propertyChange';
    events += 1;
    return {
      eventId: 100_000 + events,
      subscriptionId: subscriptionId(`${SINGULAR[object.type]}.${kind}`, what),
      portalId,
      appId: 1_160_452,
      occurredAt,
      subscriptionType: `${SINGULAR[object.type]}.${kind}`,
      attemptNumber: 0,
      objectId: Number(object.id),
      ...what,
      ...origin,
    };
  };
  const sign = (type: string, url: string, events: readonly object[]): WebhookDelivery => {
    const [timestamp, body] = [now(), JSON.stringify(events)];
    return { type, headers: signedHeaders({ secret, method: 'POST', url, body, timestamp }), body };
  };
  return {
    types: Object.keys(HAPPENINGS),
    emit(type, { url }) {
      const happen = Object.hasOwn(HAPPENINGS, type) ? HAPPENINGS[type] : undefined;
      if (happen === undefined) throw new TypeError(`HubSpot has no event ${type}.`);
      const occurredAt = now();
      return sign(
        type,
        url,
        happen(state, chance).map((change) => describe(change, occurredAt, COLLEAGUE)),
      );
    },
    ofWrite(changes) {
      const occurredAt = now();
      const told = changes.map((change) => describe(change, occurredAt, API));
      const [type] = told.map(({ subscriptionType }) => String(subscriptionType));
      return ({ url }, attemptNumber) =>
        sign(
          type ?? '',
          url,
          told.map((event) => ({ ...event, attemptNumber })),
        );
    },
  };
}

function signedHeaders(request: Parameters<typeof signV3>[0]): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - Webhooks',
    'X-HubSpot-Signature': signV1(request.secret, request.body),
    'X-HubSpot-Signature-Version': 'v1',
    'X-HubSpot-Signature-v3': signV3(request),
    'X-HubSpot-Request-Timestamp': String(request.timestamp),
  };
}

/** An app subscribes to a type, and for property changes to one property: each has a number of its own. */
function subscriptionId(type: string, what: object): number {
  const name = 'propertyName' in what ? `${type}/${String(what.propertyName)}` : type;
  return 2_000_000 + [...name].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 900_000, 7);
}

export function created(object: CrmObject): LifeChange[] {
  return [{ object, changeFlag: 'NEW' }];
}

export function changed(state: CrmState, object: CrmObject, values: Values): PropertyChange[] {
  state.update(object, values);
  return Object.entries(values).map(([propertyName, propertyValue]) => ({ object, propertyName, propertyValue }));
}

const FIRST_NAMES = ['Nora', 'Elif', 'Tomas', 'Priya', 'Jonas', 'Amara', 'Luis', 'Hana'];
const LAST_NAMES = ['Berg', 'Okafor', 'Novak', 'Rossi', 'Lindqvist', 'Tanaka', 'Moreau', 'Silva'];

/** At a company that exists, so that what joins by domain finds it. */
function newContact(state: CrmState, chance: Chance): CrmObject {
  const company = pickLive(state, 'companies', chance);
  const [firstname, lastname] = [chance.pick(FIRST_NAMES) ?? 'Nora', chance.pick(LAST_NAMES) ?? 'Berg'];
  const domain = company.values['domain'] ?? 'example.com';
  const local = `${firstname}.${lastname}`.toLowerCase();
  let email = `${local}@${domain}`;
  for (let count = 2; state.findByEmail(email) !== undefined; count += 1) email = `${local}${count}@${domain}`;
  const name = company.values['name'];
  const contact = state.create('contacts', {
    email,
    firstname,
    lastname,
    lifecyclestage: 'lead',
    ...(name === undefined ? {} : { company: name }),
  });
  state.associations.tie('contacts', contact.id, 'companies', company.id, true);
  return contact;
}

function newCompany(state: CrmState, chance: Chance): CrmObject {
  const name = `${chance.pick(LAST_NAMES) ?? 'Berg'} ${chance.pick(['Works', 'Labs', 'Logistics', 'Foods']) ?? 'Works'}`;
  const count = state.all('companies').length;
  const domain = `${name.toLowerCase().replace(/\W+/g, '-')}-${count}.com`;
  return state.create('companies', {
    name: `${name} ${count}`,
    domain,
    website: `https://www.${domain}`,
    lifecyclestage: 'lead',
  });
}

function newDeal(state: CrmState, chance: Chance): CrmObject {
  const company = pickLive(state, 'companies', chance);
  const deal = state.create('deals', {
    dealname: `${company.values['name'] ?? 'New customer'}: expansion`,
    amount: `${1_000 + chance.number(90) * 500}.00`,
    deal_currency_code: 'USD',
    pipeline: 'default',
    dealstage: 'appointmentscheduled',
    dealtype: 'existingbusiness',
  });
  state.associations.tie('deals', deal.id, 'companies', company.id, true);
  return deal;
}

/** What was made since the start, newest first: a deletion then leaves the world's own contacts alone. */
function latest(state: CrmState, type: ObjectType): CrmObject | undefined {
  return state.all(type).findLast(({ archivedAt, fromWorld }) => archivedAt === null && !fromWorld);
}

function pickLive(state: CrmState, type: ObjectType, chance: Chance): CrmObject {
  const object = chance.pick(state.all(type).filter(({ archivedAt }) => archivedAt === null));
  if (object === undefined) throw new Error(`No ${type} are left to change.`);
  return object;
}
