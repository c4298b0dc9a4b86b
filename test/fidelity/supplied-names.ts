/** Parameters the gateway fills in by itself, so that our OpenAPI file need not name them. */
import type { VendorConfig } from '../../src/config/vendor.ts';

/** In lower case, since headers have none. */
export function suppliedNames(config: VendorConfig, operationId: string): ReadonlySet<string> {
  const operation = config.operations[operationId];
  const paging = operation?.paging === undefined ? undefined : config.paging[operation.paging];
  const names = [
    config.auth.kind === 'apiKey' ? config.auth.header : 'authorization',
    ...Object.keys(config.headers),
    ...Object.keys(operation?.headers ?? {}),
    ...(operation?.idempotency === undefined ? [] : [operation.idempotency]),
    ...(paging === undefined ? [] : [paging.size, paging.style === 'offset' ? paging.offset : paging.cursor]),
  ];
  return new Set(names.map((name) => name.toLowerCase()));
}
