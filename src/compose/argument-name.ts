/** What an OpenAPI parameter is called in our graph. */
import type { OperationConfig } from '../config/vendor.ts';
import type { OpenapiOperation, OpenapiParameter } from './openapi-file.ts';

/** `vendor.yaml` decides; else a sole path parameter is `id`, `ids[]` is `ids`, and `page[size]` is `page_size`. */
export function argumentName(
  parameter: OpenapiParameter,
  operation: OpenapiOperation,
  config: OperationConfig | undefined,
): string {
  const renamed = config?.rename?.[parameter.name];
  if (renamed !== undefined) return renamed;
  const inPath = operation.parameters.filter((one) => one.in === 'path');
  if (parameter.in === 'path' && inPath.length === 1) return 'id';
  return parameter.name
    .replace(/\[\]$/, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/_$/, '');
}
