/** Builds the request of one call: every argument where its annotation puts it, encoded for that place. */
import type { VendorConfig } from '../config/vendor.ts';
import { GatewayError } from '../errors.ts';
import type { VendorRequest } from '../vendors/call-scope.ts';
import { headerValue } from './header-template.ts';
import { isObject } from './json-path.ts';
import type { RestOperation } from './operation.ts';
import { appendPairs } from './query-string.ts';
import { type WrittenBody, writeBody } from './request-body.ts';

export interface RequestParts {
  args: Readonly<Record<string, unknown>>;
  /** Page size and position, by the vendor's names. */
  paging?: Readonly<Record<string, unknown>>;
  keys?: number | undefined;
  idempotencyKey?: string | undefined;
}

/**
 * At once, but for bodies that hold files. Throws BAD_USER_INPUT, naming the argument, when one cannot be sent; so does the
 * promise of one that takes a while.
 */
export function buildRequest(
  operation: RestOperation,
  vendor: Pick<VendorConfig, 'query'>,
  parts: RequestParts,
): VendorRequest | Promise<VendorRequest> {
  const refuse = (error: unknown): never => {
    if (!(error instanceof GatewayError)) throw error;
    const details = { ...error.details, vendor: operation.vendor, operation: operation.name };
    throw new GatewayError(error.code, error.message, details);
  };
  try {
    const args = toWireArguments(operation, parts.args);
    const written = operation.body && writeBody(operation.body.format, bodyOf(operation, args, parts));
    if (!(written instanceof Promise)) return assemble(operation, vendor, parts, args, written);
    return written.then((body) => assemble(operation, vendor, parts, args, body)).catch(refuse);
  } catch (error) {
    return refuse(error);
  }
}

/** `args`: those of `parts`, as the vendor wants them. */
function assemble(
  operation: RestOperation,
  vendor: Pick<VendorConfig, 'query'>,
  parts: RequestParts,
  args: RequestParts['args'],
  written: WrittenBody | undefined,
): VendorRequest {
  const path = operation.path.expand(args);
  const query = writeQuery(operation, args, parts, vendor.query.arrays);
  const headers = writeHeaders(operation, args, parts);
  if (operation.body && written) headers['content-type'] = written.contentType ?? operation.body.contentType;
  return {
    vendor: operation.vendor,
    operation: operation.name,
    method: operation.method,
    target: query === '' ? path : `${path}?${query}`,
    template: operation.path.text,
    headers,
    body: written?.body,
    access: operation.access,
    keys: parts.keys,
  };
}

function toWireArguments({ toWire }: RestOperation, args: RequestParts['args']): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const name of Object.keys(args)) {
    const value = args[name];
    wire[name] = value === undefined || value === null ? value : (toWire.get(name)?.(value) ?? value);
  }
  return wire;
}

function writeQuery(
  { query, sparse, paging }: RestOperation,
  args: Readonly<Record<string, unknown>>,
  parts: RequestParts,
  arrays: VendorConfig['query']['arrays'],
): string {
  const pairs: string[] = [];
  for (const parameter of query) {
    const given = args[parameter.argument];
    const value =
      given ?? (sparse?.in === 'query' && sparse.argument === parameter.argument ? sparse.value : undefined);
    appendPairs(pairs, parameter.name, value, parameter.arrays ?? arrays);
  }
  if (paging?.in === 'query' && parts.paging) {
    for (const [name, value] of Object.entries(parts.paging)) appendPairs(pairs, name, value, arrays);
  }
  return pairs.join('&');
}

function writeHeaders(
  operation: RestOperation,
  args: Readonly<Record<string, unknown>>,
  { idempotencyKey }: RequestParts,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (operation.idempotency !== undefined && idempotencyKey !== undefined) {
    headers[operation.idempotency] = headerValue('idempotencyKey', idempotencyKey) ?? '';
  }
  for (const template of operation.headers) {
    const value = template.expand(args);
    if (value !== undefined) headers[template.name] = value;
  }
  return headers;
}

/** The `input` argument, with page position and wanted fields added where the vendor takes them in the body. */
function bodyOf(
  { sparse, paging }: RestOperation,
  args: Readonly<Record<string, unknown>>,
  parts: RequestParts,
): unknown {
  const input = args['input'] ?? {};
  if (!isObject(input) || Array.isArray(input) || input instanceof Blob || Buffer.isBuffer(input)) return input;
  const fields = sparse?.in === 'body' && (input[sparse.name] ?? null) === null ? { [sparse.name]: sparse.value } : {};
  return { ...input, ...fields, ...(paging?.in === 'body' ? parts.paging : {}) };
}
