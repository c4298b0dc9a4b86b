/** `/domains`, for reading. */
import type { Route } from '../../src/sandbox/emulator.ts';
import { badId, isUuid, notFound } from './sandbox-errors.ts';
import { listDomain, showDomain } from './sandbox-objects.ts';
import { answerList } from './sandbox-paging.ts';
import type { State } from './sandbox-state.ts';

export function domainRoutes(state: State): Route[] {
  return [
    {
      method: 'GET',
      path: '/domains',
      operation: 'domains',
      handle: (request) => answerList(request, state.domains, listDomain),
    },
    {
      method: 'GET',
      path: '/domains/:domain_id',
      operation: 'domain',
      handle({ params: { domain_id: id = '' } }) {
        if (!isUuid(id)) return badId('id');
        const domain = state.domains.get(id.toLowerCase());
        return domain === undefined ? notFound('Domain') : { status: 200, json: showDomain(domain) };
      },
    },
  ];
}
