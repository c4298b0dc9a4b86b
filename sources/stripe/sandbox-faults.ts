/** Stripe's error bodies. A rule that refuses throws a `StripeFault`; the one place that answers requests turns it into a response. */
export interface FaultBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  message: string;
  code?: string;
  param?: string;
}

export class StripeFault extends Error {
  readonly status: number;
  readonly body: FaultBody;

  constructor(status: number, body: FaultBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/** The body as it is sent. Errors with a code link to their page; who has no account sees no log. */
export function faultJson({ status, body: { code, ...rest } }: StripeFault, requestId: string): unknown {
  return {
    error: {
      ...(code === undefined
        ? {}
        : { code, doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` }),
      ...rest,
      ...(status === 401 ? {} : { request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` }),
    },
  };
}

export function invalid(message: string, param?: string, code?: string): StripeFault {
  return new StripeFault(400, {
    type: 'invalid_request_error',
    message,
    ...(param === undefined ? {} : { param }),
    ...(code === undefined ? {} : { code }),
  });
}

/** 404 for the object a path or a refund names, 400 for one that a filter or cursor names. */
export function missing(noun: string, id: string, param: string, status: 400 | 404): StripeFault {
  return new StripeFault(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

export function unknownUrl(method: string, path: string): StripeFault {
  return new StripeFault(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

export function noKey(): StripeFault {
  return new StripeFault(401, {
    type: 'invalid_request_error',
    message:
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
  });
}

/** Shows the key's kind and its last four characters, as the vendor does. */
export function wrongKey(key: string): StripeFault {
  const kind = /^[a-z]+_(?:test|live)_/.exec(key)?.[0] ?? '';
  const rest = key.slice(kind.length);
  const masked = kind + '*'.repeat(Math.max(0, rest.length - 4)) + rest.slice(-4);
  return new StripeFault(401, { type: 'invalid_request_error', message: `Invalid API Key provided: ${masked}` });
}

export function tooMany(): StripeFault {
  return new StripeFault(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  });
}

/** The vendor's words for a failure nobody in the emulator caused. */
export function failureOf(status: number): StripeFault {
  if (status === 429) return tooMany();
  if (status === 402) {
    return new StripeFault(402, { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' });
  }
  if (status === 409) {
    return new StripeFault(409, {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
    });
  }
  if (status >= 500) return new StripeFault(status, { type: 'api_error', message: 'An unknown error occurred' });
  return new StripeFault(status, {
    type: 'invalid_request_error',
    message:
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
  });
}
