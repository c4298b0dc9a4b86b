/** Folds `extend type X` into `type X`, so that whoever reads the composed schema finds each type in one place. */
import { type DefinitionNode, type DocumentNode, Kind } from 'graphql';
import { isRoot, isTypeDefinition } from './document.ts';

/** The document is valid SDL: what an extension extends exists and is of its kind. */
export function foldExtensions(document: DocumentNode): DocumentNode {
  const extensions = document.definitions.filter((node) => node.kind.endsWith('Extension'));
  const definitions = document.definitions
    .filter((node) => !node.kind.endsWith('Extension'))
    .map((node) => extensions.filter((extension) => extendsNode(extension, node)).reduce(fold, node));
  return { ...document, definitions };
}

function extendsNode(extension: DefinitionNode, node: DefinitionNode): boolean {
  if (extension.kind === Kind.SCHEMA_EXTENSION) return node.kind === Kind.SCHEMA_DEFINITION;
  if (!node.kind.endsWith('TypeDefinition') || !('name' in node) || !('name' in extension)) return false;
  return node.name?.value === extension.name?.value;
}

const PARTS = ['directives', 'interfaces', 'fields', 'values', 'types', 'operationTypes'] as const;

function fold(node: DefinitionNode, extension: DefinitionNode): DefinitionNode {
  const parts = PARTS.flatMap((part) => {
    const [own, extra] = [Reflect.get(node, part), Reflect.get(extension, part)].map(asList);
    if (!own || !extra || extra.length === 0) return [];
    // What we add to a root type is what people look for first.
    return [
      [part, part === 'fields' && isTypeDefinition(node) && isRoot(node) ? [...extra, ...own] : [...own, ...extra]],
    ];
  });
  // Both have the same parts, since the extension is of the node's kind.
  return { ...node, ...Object.fromEntries(parts) } as DefinitionNode;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
