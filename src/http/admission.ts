/** Lets in only callers we know, before anything of their request is read; its answers carry the headers of every answer. */
import type { Plugin } from 'graphql-yoga';
import { readBearer } from '../auth/bearer.ts';
import type { Authenticate } from '../auth/principal.ts';
import type { Transport } from '../graph/context.ts';
import type { CountRequest } from '../graph/request-count.ts';
import type { Callers } from './caller.ts';
import type { ProtectedResource } from './protected-resource.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { ANSWER_HEADERS } from './security-headers.ts';
import { createTellUnknownCaller, type TellingOptions } from './unknown-callers.ts';

export interface AdmissionOptions extends TellingOptions {
  authenticate: Authenticate;
  /** Takes one request of the client's quota. */
  countRequest: CountRequest;
  /** The `WWW-Authenticate` of a 401, and of a 403 for want of scopes. */
  challenge: ProtectedResource['challenge'];
}

/** Puts who it let in into `callers`. */
export function useAdmission(options: AdmissionOptions, callers: Callers): Plugin {
  const { authenticate, challenge, countRequest } = options;
  const tellUnknown = createTellUnknownCaller(options);
  return {
    async onRequest({ request, endResponse, fetchAPI }) {
      const requestId = requestIdOf(request.headers.get(REQUEST_ID_HEADER));
      const principal = await authenticate(request.headers.get('authorization'));
      if (principal) {
        const { headers: quotaHeaders, refusal } = await countRequest(principal);
        callers.set(request, { requestId, principal, transport: transportOf(request), quotaHeaders, refusal });
        return;
      }
      const authorization = request.headers.get('authorization');
      tellUnknown(transportOf(request), authorization);
      const error = {
        message: 'No valid credential came with the request. Send "Authorization: Bearer <API key or JWT>".',
        extensions: { code: 'UNAUTHENTICATED', requestId },
      };
      const headers = {
        ...ANSWER_HEADERS,
        'www-authenticate': challenge(readBearer(authorization) === undefined ? {} : { error: 'invalid_token' }),
        [REQUEST_ID_HEADER]: requestId,
        'content-type': answerType(request),
      };
      endResponse(fetchAPI.Response.json({ errors: [error] }, { status: 401, headers }));
    },
    onRequestParse({ request, setRequestParser }) {
      const refusal = callers.get(request)?.refusal;
      if (!refusal) return;
      setRequestParser(() => {
        throw refusal;
      });
    },
    onResponse({ request, response }) {
      for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.headers.set(name, value);
      const caller = callers.get(request);
      if (!caller) return;
      response.headers.set(REQUEST_ID_HEADER, caller.requestId);
      const quotaHeaders = caller.context?.quotaHeaders ?? caller.quotaHeaders;
      for (const [name, value] of Object.entries(quotaHeaders)) response.headers.set(name, value);
    },
  };
}

function transportOf({ method, headers }: Request): Transport {
  if (headers.get('accept')?.includes('text/event-stream')) return 'sse';
  return method === 'GET' ? 'get' : 'post';
}

/** Of a refusal: with the newer type clients read the error's code; with plain JSON and a status of 401 many look no further. */
function answerType({ headers }: Request): string {
  const newer = 'application/graphql-response+json';
  return `${headers.get('accept')?.includes(newer) ? newer : 'application/json'}; charset=utf-8`;
}
