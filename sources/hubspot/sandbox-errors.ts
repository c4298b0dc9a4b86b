/** HubSpot's error bodies. Texts and categories are those its API sends; every body carries a correlation id. */
import type { EmulatorResponse } from '../../src/sandbox/emulator.ts';

/** What is wrong with one property value of a write. */
export interface PropertyProblem {
  name: string;
  /** HubSpot's code, such as PROPERTY_DOESNT_EXIST. */
  error: string;
  message: string;
}

export interface Errors {
  unauthenticated(): EmulatorResponse;
  /** An id of digits only that nobody has: no category, no context. */
  noSuchObject(): EmulatorResponse;
  /** An id that cannot be one. */
  notAnId(id: string): EmulatorResponse;
  invalid(message: string): EmulatorResponse;
  invalidProperties(problems: readonly PropertyProblem[]): EmulatorResponse;
  /** The text is all there is of the existing contact's id: clients parse it. */
  contactExists(id: string): EmulatorResponse;
  unknownObjectType(name: string): EmulatorResponse;
  rateLimited(policy: RatePolicy, retryAfterSeconds?: number): EmulatorResponse;
  failure(status: number): EmulatorResponse;
}

export type RatePolicy = 'TEN_SECONDLY_ROLLING' | 'SECONDLY' | 'DAILY';

const RATE_MESSAGES: Record<RatePolicy, string> = {
  TEN_SECONDLY_ROLLING: 'You have reached your ten_secondly_rolling limit.',
  SECONDLY: 'You have reached your secondly limit.',
  DAILY: 'You have reached your daily limit.',
};

const NO_CREDENTIALS =
  'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview';

export function createErrors(portalId: number, random: () => number): Errors {
  const answer = (status: number, message: string, rest: Record<string, unknown> = {}): EmulatorResponse => ({
    status,
    json: { status: 'error', message, correlationId: randomUuid(random), ...rest },
  });
  const invalid = (message: string, rest: Record<string, unknown> = {}) =>
    answer(400, message, { ...rest, category: 'VALIDATION_ERROR' });

  return {
    unauthenticated: () => answer(401, NO_CREDENTIALS, { category: 'INVALID_AUTHENTICATION' }),
    noSuchObject: () => answer(404, 'resource not found'),
    notAnId: (id) =>
      answer(404, 'Object not found.  objectId are usually numeric.', {
        context: { id: [id] },
        category: 'OBJECT_NOT_FOUND',
      }),
    invalid: (message) => invalid(message),
    invalidProperties: (problems) =>
      invalid(
        `Property values were not valid: ${JSON.stringify(problems.map((problem) => detail(problem, portalId)))}`,
        {
          errors: problems.map(({ message, error, name }) => ({
            message,
            code: error,
            context: { propertyName: [name] },
          })),
        },
      ),
    contactExists: (id) => answer(409, `Contact already exists. Existing ID: ${id}`, { category: 'CONFLICT' }),
    unknownObjectType: (name) => answer(400, `Unable to infer object type from: ${name}`),
    rateLimited: (policy, retryAfterSeconds) => ({
      ...answer(429, RATE_MESSAGES[policy], { errorType: 'RATE_LIMIT', policyName: policy }),
      ...(retryAfterSeconds === undefined ? {} : { headers: { 'Retry-After': String(retryAfterSeconds) } }),
    }),
    failure: (status) => (status === 400 ? invalid('Invalid input JSON') : answer(status, 'internal error')),
  };
}

function detail({ message, error, name }: PropertyProblem, portalId: number): Record<string, unknown> {
  return { isValid: false, message, error, name, localizedErrorMessage: message, portalId };
}

/** Version 4 in form; as random as the number source. */
export function randomUuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => Math.floor(random() * 16).toString(16));
}
