/**
 * Guards what a vendor's description brings, so that nobody has to write a rule for a new vendor: its types and reads need
 * `<vendor>:read`, its writes and what only they answer with `<vendor>:write`.
 */
import type { ConstDirectiveNode, DocumentNode } from 'graphql';
import { directiveNode } from './directive-node.ts';
import { isRoot, mapTypes, typesOf } from './document.ts';
import { hasFields, withDirectives } from './fields-type.ts';
import type { SourcePlan } from './pass.ts';
import { innerName } from './type-node.ts';

/** The document has our names already. */
export function guardSource(document: DocumentNode, { vendor }: Pick<SourcePlan, 'vendor'>): DocumentNode {
  const read = needs(`${vendor}:read`);
  const write = needs(`${vendor}:write`);
  const readable = readableTypes(document);
  return mapTypes(document, (type) => {
    if (!hasFields(type)) return type;
    if (!isRoot(type)) return withDirectives(type, [readable.has(type.name.value) ? read : write]);
    const rule = type.name.value === 'Mutation' ? write : read;
    return { ...type, fields: type.fields?.map((field) => withDirectives(field, [rule])) ?? [] };
  });
}

function needs(scope: string): ConstDirectiveNode {
  return directiveNode('scope', { requires: [scope] });
}

/** Names of the types that reads answer with, at whatever depth. */
function readableTypes(document: DocumentNode): ReadonlySet<string> {
  const types = new Map(typesOf(document).map((type) => [type.name.value, type]));
  const found = new Set<string>();
  const queue = typesOf(document)
    .filter((type) => isRoot(type) && type.name.value !== 'Mutation')
    .map((type) => type.name.value);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const type = types.get(name);
    if (type === undefined || found.has(name)) continue;
    found.add(name);
    if (hasFields(type)) queue.push(...(type.fields ?? []).map((field) => innerName(field.type)));
    if ('types' in type) queue.push(...(type.types ?? []).map((member) => member.name.value));
    queue.push(...implementations(document, name));
  }
  return found;
}

function implementations(document: DocumentNode, name: string): string[] {
  return typesOf(document).flatMap((type) =>
    hasFields(type) && type.interfaces?.some((one) => one.name.value === name) ? [type.name.value] : [],
  );
}
