/** Puts the vendor's name before its types (`StripeInvoice`) and root fields (`stripeInvoices`). */
import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import { argumentOf, withArguments } from './directive-node.ts';
import { isRoot, mapRootFields, typesOf } from './document.ts';
import type { Pass } from './pass.ts';
import { nameNode } from './type-node.ts';

/** Types that mean the same at every vendor: Mesh's scalars, and the enum of its own directive. */
const SHARED = ['HTTPMethod', 'PageInfo'];

export const prefixNames: Pass = (document, { vendor }): DocumentNode => {
  const own = typesOf(document).filter(
    (type) => !isRoot(type) && type.kind !== Kind.SCALAR_TYPE_DEFINITION && !SHARED.includes(type.name.value),
  );
  const names = new Map(own.map(({ name }) => [name.value, prefixedType(vendor, name.value)]));
  const renamed: DocumentNode = visit(document, {
    Name: (node, _key, parent) => {
      const name = isTypeName(parent) ? names.get(node.value) : undefined;
      return name === undefined ? undefined : nameNode(name);
    },
    Directive: { leave: (node) => withRenamedTypes(node as ConstDirectiveNode, names) },
  });
  return mapRootFields(renamed, (field) => ({ ...field, name: nameNode(prefixedField(vendor, field.name.value)) }));
};

/** Mesh marks inputs with `_Input`; ours end in `Input`, once. And it calls a schema Subscription `Subscription_`. */
export function prefixedType(vendor: string, name: string): string {
  return capitalised(vendor) + name.replace(/^Subscription_/, 'Subscription').replace(/(Input)?_Input$/, 'Input');
}

export function prefixedField(vendor: string, operationId: string): string {
  return vendor + capitalised(operationId);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A name of a type: where it is defined or referred to, not a field that happens to be called the same. */
function isTypeName(parent: unknown): boolean {
  const kind = typeof parent === 'object' && parent !== null && 'kind' in parent ? parent.kind : undefined;
  return kind === Kind.NAMED_TYPE || (typeof kind === 'string' && kind.endsWith('TypeDefinition'));
}

/** Two directives of Mesh name types in strings. */
function withRenamedTypes(directive: ConstDirectiveNode, names: ReadonlyMap<string, string>): ConstDirectiveNode {
  const renamed = (name: string) => names.get(name) ?? name;
  if (directive.name.value === 'statusCodeTypeName') {
    return withArguments(directive, { typeName: renamed(String(argumentOf(directive, 'typeName'))) });
  }
  if (directive.name.value !== 'discriminator') return directive;
  // Mesh writes pairs of the vendor's value and the type.
  const mapping = (argumentOf(directive, 'mapping') ?? []) as [string, string][];
  return withArguments(directive, { mapping: mapping.map(([value, type]) => [value, renamed(type)]) });
}
