/** The properties HubSpot knows of each kind of object: their types, which can be written, and what a write may hold. */
import type { PropertyProblem } from './sandbox-errors.ts';

export const OBJECT_TYPES = ['contacts', 'companies', 'deals'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

export const SINGULAR: Record<ObjectType, string> = { contacts: 'contact', companies: 'company', deals: 'deal' };

export type PropertyKind = 'string' | 'number' | 'datetime' | 'enumeration' | 'email';

export interface Property {
  kind: PropertyKind;
  readOnly?: true;
  /** Values an enumeration takes; absent: any. */
  options?: readonly string[];
}

/** Values as HubSpot keeps them: text, or absent when never set. */
export type Values = Record<string, string>;

const STAGES = [
  'subscriber',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'customer',
  'evangelist',
  'other',
];
const LEAD_STATUSES = [
  'NEW',
  'OPEN',
  'IN_PROGRESS',
  'OPEN_DEAL',
  'UNQUALIFIED',
  'ATTEMPTED_TO_CONTACT',
  'CONNECTED',
  'BAD_TIMING',
];
/** Stages of HubSpot's first pipeline, with the chance of winning it assigns to each. */
export const DEAL_STAGES: Readonly<Record<string, string>> = {
  appointmentscheduled: '0.2',
  qualifiedtobuy: '0.4',
  presentationscheduled: '0.6',
  decisionmakerboughtin: '0.8',
  contractsent: '0.9',
  closedwon: '1.0',
  closedlost: '0.0',
};

const STRING: Property = { kind: 'string' };
const NUMBER: Property = { kind: 'number' };
const KEPT_NUMBER: Property = { kind: 'number', readOnly: true };
const KEPT_TIME: Property = { kind: 'datetime', readOnly: true };
const KEPT_STRING: Property = { kind: 'string', readOnly: true };
const STAGE: Property = { kind: 'enumeration', options: STAGES };
const LEAD_STATUS: Property = { kind: 'enumeration', options: LEAD_STATUSES };
const OWNER: Property = { kind: 'enumeration' };

export const PROPERTIES: Record<ObjectType, Readonly<Record<string, Property>>> = {
  contacts: {
    email: { kind: 'email' },
    firstname: STRING,
    lastname: STRING,
    phone: STRING,
    mobilephone: STRING,
    company: STRING,
    website: STRING,
    jobtitle: STRING,
    address: STRING,
    city: STRING,
    state: STRING,
    zip: STRING,
    country: STRING,
    lifecyclestage: STAGE,
    hs_lead_status: LEAD_STATUS,
    hubspot_owner_id: OWNER,
    associatedcompanyid: KEPT_NUMBER,
    createdate: KEPT_TIME,
    lastmodifieddate: KEPT_TIME,
    hs_object_id: KEPT_NUMBER,
  },
  companies: {
    name: STRING,
    domain: STRING,
    website: STRING,
    industry: { kind: 'enumeration' },
    description: STRING,
    phone: STRING,
    address: STRING,
    city: STRING,
    state: STRING,
    zip: STRING,
    country: STRING,
    numberofemployees: NUMBER,
    annualrevenue: NUMBER,
    founded_year: STRING,
    type: { kind: 'enumeration', options: ['PROSPECT', 'PARTNER', 'RESELLER', 'VENDOR', 'OTHER'] },
    lifecyclestage: STAGE,
    hs_lead_status: LEAD_STATUS,
    hubspot_owner_id: OWNER,
    num_associated_contacts: KEPT_NUMBER,
    num_associated_deals: KEPT_NUMBER,
    createdate: KEPT_TIME,
    hs_lastmodifieddate: KEPT_TIME,
    hs_object_id: KEPT_NUMBER,
  },
  deals: {
    dealname: STRING,
    amount: NUMBER,
    deal_currency_code: STRING,
    pipeline: { kind: 'enumeration', options: ['default'] },
    dealstage: { kind: 'enumeration', options: Object.keys(DEAL_STAGES) },
    dealtype: { kind: 'enumeration', options: ['newbusiness', 'existingbusiness'] },
    closedate: { kind: 'datetime' },
    description: STRING,
    hs_priority: { kind: 'enumeration', options: ['low', 'medium', 'high'] },
    hubspot_owner_id: OWNER,
    hs_deal_stage_probability: KEPT_NUMBER,
    hs_is_closed: KEPT_STRING,
    hs_is_closed_won: KEPT_STRING,
    num_associated_contacts: KEPT_NUMBER,
    createdate: KEPT_TIME,
    hs_lastmodifieddate: KEPT_TIME,
    hs_object_id: KEPT_NUMBER,
  },
};

/** What a read answers when it names no properties. */
export const DEFAULT_PROPERTIES: Record<ObjectType, readonly string[]> = {
  contacts: ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'],
  companies: ['createdate', 'domain', 'hs_lastmodifieddate', 'hs_object_id', 'name'],
  deals: [
    'amount',
    'closedate',
    'createdate',
    'dealname',
    'dealstage',
    'hs_lastmodifieddate',
    'hs_object_id',
    'pipeline',
  ],
};

/** What every answer holds, asked for or not. */
export const CONSTANT_PROPERTIES: Record<ObjectType, readonly string[]> = {
  contacts: ['createdate', 'hs_object_id', 'lastmodifieddate'],
  companies: ['createdate', 'hs_lastmodifieddate', 'hs_object_id'],
  deals: ['createdate', 'hs_lastmodifieddate', 'hs_object_id'],
};

/** Where the words of a search's `query` are looked for. */
export const SEARCHED_PROPERTIES: Record<ObjectType, readonly string[]> = {
  contacts: ['firstname', 'lastname', 'email', 'phone', 'mobilephone', 'company'],
  companies: ['website', 'phone', 'name', 'domain'],
  deals: ['dealname', 'pipeline', 'dealstage', 'description', 'dealtype'],
};

/** A write, checked: an empty text stands for a value to clear. */
export type WriteResult = { values: Values } | { problems: PropertyProblem[] };

export function readWrite(
  type: ObjectType,
  input: Record<string, unknown>,
  ownerIds: ReadonlySet<string>,
): WriteResult {
  const values: Values = {};
  const problems: PropertyProblem[] = [];
  for (const [name, raw] of Object.entries(input)) {
    const value = raw === null || raw === undefined ? '' : String(raw).trim();
    const problem = findProblem(type, name, value, ownerIds);
    if (problem === undefined) values[name] = normalise(PROPERTIES[type][name], name, value);
    else problems.push({ name, ...problem });
  }
  return problems.length > 0 ? { problems } : { values };
}

type Problem = Omit<PropertyProblem, 'name'>;

function findProblem(
  type: ObjectType,
  name: string,
  value: string,
  ownerIds: ReadonlySet<string>,
): Problem | undefined {
  const property = Object.hasOwn(PROPERTIES[type], name) ? PROPERTIES[type][name] : undefined;
  if (property === undefined) return { error: 'PROPERTY_DOESNT_EXIST', message: `Property "${name}" does not exist` };
  if (property.readOnly) {
    return { error: 'READ_ONLY_VALUE', message: `"${name}" is a read only property; its value cannot be set.` };
  }
  if (value === '') return undefined;
  switch (property.kind) {
    case 'string':
      return undefined;
    case 'email':
      return isEmail(value) ? undefined : { error: 'INVALID_EMAIL', message: `Email address ${value} is invalid` };
    case 'number':
      return Number.isFinite(Number(value))
        ? undefined
        : { error: 'INVALID_INTEGER', message: `${value} was not a valid number.` };
    case 'datetime':
      return readTime(value) === undefined
        ? { error: 'INVALID_LONG', message: `${value} was not a valid long.` }
        : undefined;
    case 'enumeration':
      return findOptionProblem(name, value, name === 'hubspot_owner_id' ? [...ownerIds] : property.options);
  }
}

function findOptionProblem(name: string, value: string, options: readonly string[] | undefined): Problem | undefined {
  if (options === undefined || options.includes(value)) return undefined;
  const message =
    name === 'dealstage'
      ? `${value} is not a valid pipeline stage ID. Valid options are: pipelineId=default : [${options.join(', ')}]`
      : `${value} was not one of the allowed options: [${options.join(', ')}]`;
  return { error: 'INVALID_OPTION', message };
}

function normalise(property: Property | undefined, name: string, value: string): string {
  if (value === '') return value;
  if (property?.kind === 'email' || name === 'domain') return value.toLowerCase();
  if (property?.kind === 'datetime') return new Date(readTime(value) ?? 0).toISOString();
  return value;
}

/** Milliseconds of a time written as ISO 8601 or as milliseconds since 1970; undefined when it is neither. */
export function readTime(value: string): number | undefined {
  const ms = /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  return Number.isFinite(ms) ? ms : undefined;
}

function isEmail(value: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
}
