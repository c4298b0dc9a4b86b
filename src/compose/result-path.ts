/** Follows a dotted path of `vendor.yaml` through the types that Mesh made. */
import { type DocumentNode, Kind, type TypeNode } from 'graphql';
import { fieldByWireName } from './document.ts';
import { innerName, named, optional } from './type-node.ts';

/** What the path leads to. Inside free-form JSON everything is JSON. */
export function typeAt(document: DocumentNode, type: TypeNode, path: string): TypeNode {
  return path.split('.').reduce<TypeNode>((current, step) => {
    const plain = optional(current);
    if (plain.kind === Kind.LIST_TYPE && /^\d+$/.test(step)) return plain.type;
    return fieldByWireName(document, innerName(plain), step)?.type ?? named('JSON');
  }, type);
}
