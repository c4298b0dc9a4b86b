/**
 * People Data Labs in the sandbox: look-ups one by one and in bulk, and search by SQL, over the shared world's people and
 * companies that have an `ids.pdl`. Nothing can be written and no webhooks exist.
 */
import { timingSafeEqual } from 'node:crypto';
import type { CreateEmulator, EmulatorRequest, EmulatorResponse, Route } from '../../src/sandbox/emulator.ts';
import { type Answers, type CreditsType, createAnswers, errorBody } from './sandbox-answers.ts';
import { createMatcher, type Match, type Params } from './sandbox-match.ts';
import { createRecords } from './sandbox-records.ts';
import { searchRecords } from './sandbox-search.ts';
import { hasRequired, includeFields, titlecase } from './sandbox-shape.ts';

/** The official client refuses a key that is not 64 characters long. */
const KEY = 'pdl-sandbox-0123456789abcdef0123456789abcdef0123456789abcdef0123';

const MAX_BULK = 100;

type Row = Readonly<Record<string, unknown>>;
type Look = (params: Params) => Match<Row> | 'unidentified' | undefined;

/** One kind of record: how a match of it is written down. Only a person's is wrapped in `data`. */
interface Kind {
  look: Look;
  wrap(record: Row): Row;
  credits: CreditsType;
}

export const createEmulator: CreateEmulator = ({ world, now, rateFactor }) => {
  const records = createRecords(world);
  const matcher = createMatcher(records);
  const answers = createAnswers({ now, rateFactor });
  const people: Kind = { look: matcher.person, wrap: (data) => ({ data }), credits: 'enrichment' };
  const companies: Kind = { look: matcher.company, wrap: (record) => record, credits: 'enrichment_company' };

  const routes: Route[] = [
    { method: 'GET', path: '/v5/person/enrich', operation: 'enrichPerson', handle: enrichOne(people, answers) },
    { method: 'POST', path: '/v5/person/bulk', operation: 'enrichPeople', handle: enrichMany(people, answers) },
    { method: 'GET', path: '/v5/company/enrich', operation: 'enrichCompany', handle: enrichOne(companies, answers) },
    {
      method: 'POST',
      path: '/v5/company/enrich/bulk',
      operation: 'enrichCompanies',
      handle: enrichMany(companies, answers),
    },
    {
      method: ['GET', 'POST'],
      path: '/v5/person/search',
      operation: 'searchPeople',
      handle: searchRecords({ table: 'person', records: records.people, credits: 'search', answers }),
    },
    {
      method: ['GET', 'POST'],
      path: '/v5/company/search',
      operation: 'searchCompanies',
      handle: searchRecords({ table: 'company', records: records.companies, credits: 'search_company', answers }),
    },
  ];
  const paths = new Set(routes.map(({ path }) => path));

  return {
    vendor: 'pdl',
    credentials: { key: KEY },
    eventTypes: [],
    routes,
    guard: (request) => (hasKey(request) ? answers.take(request) : answers.error(request, 401)),
    notFound: (request) => answers.error(request, paths.has(request.path) ? 405 : 404),
    rateLimited: answers.limited,
    failure: (request, status) => answers.error(request, status),
    failEntry(entry, status) {
      const { metadata } = asRow(entry);
      return { ...errorBody(status), ...(metadata === undefined ? {} : { metadata }) };
    },
    emit(type) {
      throw new TypeError(`People Data Labs sends no webhooks, so not ${type}.`);
    },
  };
};

/** The documented header, or the parameter the official client sends on GETs. */
function hasKey({ headers, query }: EmulatorRequest): boolean {
  const sent = Buffer.from(headers['x-api-key'] ?? query.get('api_key') ?? '');
  const key = Buffer.from(KEY);
  return sent.length === key.length && timingSafeEqual(sent, key);
}

function enrichOne(kind: Kind, answers: Answers): Route['handle'] {
  return (request) => {
    const params: Params = new Map(
      [...new Set(request.query.keys())].map((name) => [name, request.query.getAll(name)]),
    );
    const entry = answerOf(kind, params, isTrue(params.get('titlecase')?.[0]));
    if (entry.status !== 200) return { ...answers.error(request, entry.status), json: entry };
    return answers.found(request, entry, { type: kind.credits, spent: 1 });
  };
}

function enrichMany(kind: Kind, answers: Answers): Route['handle'] {
  return (request): EmulatorResponse => {
    const body = asRow(request.body);
    const requests = body['requests'];
    if (!Array.isArray(requests) || requests.length === 0)
      return answers.error(request, 400, 'requests must be a list');
    if (requests.length > MAX_BULK)
      return answers.error(request, 400, `requests must hold at most ${MAX_BULK} entries`);
    const entries = requests.map((entry) => {
      const { params, metadata } = asRow(entry);
      const answer = answerOf(kind, paramsOf(asRow(params)), isTrue(body['titlecase']));
      return metadata === undefined ? answer : { ...answer, metadata };
    });
    const spent = entries.filter(({ status }) => status === 200).length;
    return answers.found(request, entries, { type: kind.credits, spent });
  };
}

type Entry = Row & { status: number };

function answerOf({ look, wrap }: Kind, params: Params, capitals: boolean): Entry {
  const least = Number(params.get('min_likelihood')?.[0] ?? 2);
  if (!Number.isInteger(least) || least < 0 || least > 10) return { ...errorBody(400) };
  const match = look(params);
  if (match === 'unidentified') return { ...errorBody(400) };
  if (match === undefined || match.likelihood < least) return { ...errorBody(404) };
  if (!hasRequired(match.record, params.get('required')?.[0])) return { ...errorBody(404) };
  const record = includeFields(match.record, params.get('data_include')?.[0]);
  return { status: 200, likelihood: match.likelihood, ...wrap(capitals ? asRow(titlecase(record)) : record) };
}

/** Null and absent values are as if not sent; a list is several values of one name. */
function paramsOf(params: Row): Params {
  return new Map(
    Object.entries(params).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, [value].flat().map(String)] as const],
    ),
  );
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function asRow(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
