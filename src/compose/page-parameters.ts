/** Which parameters of an operation page it: a connection fills them in itself. */
import type { PagingStyle } from '../config/vendor.ts';
import type { OpenapiFile, OpenapiOperation, OpenapiParameter } from './openapi-file.ts';
import { propertiesOf } from './schema-path.ts';

/** Wire names, in the query or the body as the style says. */
export function pageNames(style: PagingStyle): string[] {
  return [style.size, style.style === 'offset' ? style.offset : style.cursor];
}

/**
 * The query parameter of that wire name. `page[limit]` may also be a property of a deepObject parameter `page`; that goes
 * as a whole, since what else it holds (`before`) pages too.
 */
export function queryParameter(
  openapi: OpenapiFile,
  { parameters }: OpenapiOperation,
  wireName: string,
): OpenapiParameter | undefined {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const exact = inQuery.find(({ name }) => name === wireName);
  if (exact !== undefined) return exact;
  const [, name, property] = /^([^[]+)\[([^\]]+)\]$/.exec(wireName) ?? [];
  const deep = inQuery.find((parameter) => parameter.style === 'deepObject' && parameter.name === name);
  if (deep?.schema === undefined || property === undefined) return undefined;
  return propertiesOf(openapi, deep.schema).has(property) ? deep : undefined;
}
