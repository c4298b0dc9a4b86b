/** Drops types that no root field reaches any more, such as the envelope of a list. */
import { type DocumentNode, visit } from 'graphql';
import { isRoot, isTypeDefinition, mapTypes, type TypeDefinition, typesOf } from './document.ts';
import type { Pass } from './pass.ts';

export const dropUnreached: Pass = (document) => {
  const types = new Map(typesOf(document).map((type) => [type.name.value, type]));
  const reached = new Set<string>();
  const queue = [...typesOf(document).filter(isRoot), ...directiveDefinitions(document)].flatMap(namesIn);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const type = types.get(name);
    if (type === undefined || reached.has(name)) continue;
    reached.add(name);
    queue.push(...namesIn(type));
    queue.push(...implementations(types, name));
  }
  return mapTypes(document, (type) => (isRoot(type) || reached.has(type.name.value) ? type : null));
};

function directiveDefinitions(document: DocumentNode): DocumentNode['definitions'] {
  return document.definitions.filter((node) => !isTypeDefinition(node));
}

function namesIn(node: DocumentNode['definitions'][number]): string[] {
  const names: string[] = [];
  visit(node, {
    NamedType: ({ name }) => {
      names.push(name.value);
    },
  });
  return names;
}

/** An interface is reached, and so are the types that implement it. */
function implementations(types: ReadonlyMap<string, TypeDefinition>, name: string): string[] {
  return [...types.values()]
    .filter((type) => 'interfaces' in type && type.interfaces?.some((one) => one.name.value === name))
    .map((type) => type.name.value);
}
