/** The routes of contacts, companies and deals: one set for each kind. */
import type { EmulatorRequest, Route } from '../../src/sandbox/emulator.ts';
import type { Crm, Handler } from './sandbox-handler.ts';
import type { ObjectType } from './sandbox-properties.ts';
import { batchRead, find, get, list } from './sandbox-reads.ts';
import { archive, create, update } from './sandbox-writes.ts';

const NAMES: Record<ObjectType, { one: string; many: string }> = {
  contacts: { one: 'Contact', many: 'Contacts' },
  companies: { one: 'Company', many: 'Companies' },
  deals: { one: 'Deal', many: 'Deals' },
};

export function createObjectRoutes(type: ObjectType, crm: Crm): Route[] {
  const { one, many } = NAMES[type];
  const base = `/crm/v3/objects/${type}`;
  const run = (handle: Handler) => (request: EmulatorRequest) => handle(type, request, crm);
  return [
    { method: 'GET', path: base, operation: type, handle: run(list) },
    { method: 'POST', path: base, operation: `create${one}`, handle: run(create) },
    { method: 'POST', path: `${base}/search`, operation: `search${many}`, handle: run(find) },
    { method: 'POST', path: `${base}/batch/read`, operation: `batchRead${many}`, handle: run(batchRead) },
    { method: 'GET', path: `${base}/:id`, operation: one.toLowerCase(), handle: run(get) },
    { method: 'PATCH', path: `${base}/:id`, operation: `update${one}`, handle: run(update) },
    // Of the three only contacts can be archived here: the one archive our description has.
    ...(type === 'contacts'
      ? [{ method: 'DELETE', path: `${base}/:id`, operation: `archive${one}`, handle: run(archive) } as const]
      : []),
  ];
}
