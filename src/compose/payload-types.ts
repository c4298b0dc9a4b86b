/**
 * Types of what the webhooks of an OpenAPI file carry. Where an operation answers with the same schema its type is taken;
 * of the others everything may be null, since a stored event is as old as the description it was sent under.
 */
import { type DocumentNode, Kind, parse } from 'graphql';
import { typesOf } from './document.ts';
import { quoted } from './event-types.ts';
import { isIdentifier } from './identifiers.ts';
import type { SchemaObject } from './openapi.ts';
import type { SourcePlan } from './pass.ts';
import { prefixedType } from './prefix.ts';
import { propertiesOf } from './schema-path.ts';
import type { SpecWebhook } from './spec-webhooks.ts';

/** Types the document does not have yet; they ask for `<vendor>:read`. */
export function payloadTypes(document: DocumentNode, plan: SourcePlan, webhooks: readonly SpecWebhook[]): DocumentNode {
  const known = new Set(typesOf(document).map(({ name }) => name.value));
  const written: string[] = [];
  const open = webhooks.map(({ schema }) => schema);
  for (let index = 0; index < open.length; index += 1) {
    const schema = open[index];
    if (!schema) continue;
    const resolved = plan.openapi.resolve(schema);
    if (resolved.items) open.push(resolved.items);
    const name = objectType(resolved, plan);
    if (name === undefined || known.has(name)) continue;
    known.add(name);
    const properties = propertiesOf(plan.openapi, resolved);
    open.push(...properties.values());
    const fields = [...properties].map(([property, type]) => fieldOf(property, type, plan));
    written.push(`type ${name} @scope(requires: ["${plan.vendor}:read"]) {\n  ${fields.join('\n  ')}\n}`);
  }
  if (written.length === 0) return { kind: Kind.DOCUMENT, definitions: [] };
  return parse(written.join('\n\n'), { noLocation: true });
}

/** Of a webhook's whole body. */
export function payloadType({ schema }: SpecWebhook, plan: SourcePlan): string {
  return schema ? typeOf(schema, '', plan) : 'JSON';
}

function fieldOf(property: string, schema: SchemaObject, plan: SourcePlan): string {
  const name = property.replaceAll(/\W/g, '_').replace(/^(?=\d|__)/, 'f');
  const wire = name === property ? '' : ` @resolveRootField(subgraph: "${plan.vendor}", field: ${quoted(property)})`;
  return `${name}: ${typeOf(schema, property, plan)}${wire}`;
}

function typeOf(schema: SchemaObject, property: string, plan: SourcePlan): string {
  const resolved = plan.openapi.resolve(schema);
  const { type, items, format } = resolved;
  if (type === 'array') return `[${items ? typeOf(items, property, plan) : 'JSON'}]`;
  if (type === 'integer' && isIdentifier(property)) return 'ID';
  if (type === 'integer') return format === 'int64' ? 'BigInt' : 'Int';
  if (type === 'string') return format === 'date-time' ? 'DateTime' : 'String';
  if (type === 'number') return 'Float';
  if (type === 'boolean') return 'Boolean';
  return objectType(resolved, plan) ?? 'JSON';
}

/** Undefined for what has no fields of its own, no name, or several shapes: that is JSON. */
function objectType(schema: SchemaObject, { vendor, openapi }: SourcePlan): string | undefined {
  const { title, oneOf, anyOf } = schema;
  if (title === undefined || oneOf || anyOf || propertiesOf(openapi, schema).size === 0) return undefined;
  return prefixedType(vendor, title);
}
