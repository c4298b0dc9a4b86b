/** What an OpenAPI file says its vendor sends by itself: `webhooks` (3.1), and `callbacks` of operations. */
import type { YamlPath } from '../config/yaml-file.ts';
import { type Callback, METHODS, type OpenapiDocument, type PathItem, type SchemaObject } from './openapi.ts';
import type { OpenapiFile } from './openapi-file.ts';
import { resolveReference } from './reference.ts';

export interface SpecWebhook {
  /** Its key: the name of the event type the vendor sends. */
  name: string;
  description: string | undefined;
  /** Undefined: a body nobody described. */
  schema: SchemaObject | undefined;
  at: YamlPath;
}

/** Of those with one name only the first. */
export function specWebhooks(openapi: OpenapiFile): SpecWebhook[] {
  const { document } = openapi;
  const named = Object.entries(document.webhooks ?? {}).flatMap(([name, item]) =>
    webhookOf(openapi, name, item, ['webhooks', name]),
  );
  const called = openapi.operations.flatMap(({ path, method, at }) =>
    Object.entries(document.paths[path]?.[method]?.callbacks ?? {}).flatMap(([name, callback]) =>
      Object.entries(inlineCallback(document, callback)).flatMap(([expression, item]) =>
        typeof item === 'string' ? [] : webhookOf(openapi, name, item, [...at, 'callbacks', name, expression]),
      ),
    ),
  );
  const all = [...named, ...called];
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}

function webhookOf(openapi: OpenapiFile, name: string, item: PathItem, at: YamlPath): SpecWebhook[] {
  const resolved = resolveReference(openapi.document, item);
  const method = METHODS.find((one) => resolved[one] !== undefined);
  const operation = method && resolved[method];
  if (!operation) return [];
  const body = operation.requestBody && resolveReference(openapi.document, operation.requestBody);
  const schema = Object.values(body?.content ?? {})[0]?.schema;
  const description = operation.summary ?? operation.description;
  return [{ name, description, schema, at: [...at, method] }];
}

/** A callback may stand under `components`; the file has passed the check of its references. */
function inlineCallback({ components }: OpenapiDocument, callback: Callback): Callback {
  const reference = callback['$ref'];
  return typeof reference === 'string'
    ? (components?.callbacks?.[reference.replace('#/components/callbacks/', '')] ?? {})
    : callback;
}
