/** Which vendor's rows a field of a query is made of. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { VENDOR_NAMES, type VendorName } from '../../../src/sandbox/vendor-name.ts';

/** By a path of the answer, places in lists and all; null where any vendor's may be in it. */
export type FieldVendors = (path: string) => VendorName | null;

export function vendorsOf(document: DocumentNode, schema: GraphQLSchema): FieldVendors {
  const vendors = new Map<string, VendorName | null>();
  const fragments = new Map<string, FragmentDefinitionNode>(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const walk = (typeName: string, { selections }: SelectionSetNode, path: string): void => {
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) {
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
        const condition = fragment?.typeCondition && typeFromAST(schema, fragment.typeCondition);
        if (fragment) walk(condition?.name ?? typeName, fragment.selectionSet, path);
        continue;
      }
      const parent = schema.getType(typeName);
      const field = isObjectType(parent) ? parent.getFields()[selection.name.value] : undefined;
      if (!field) continue;
      const type = getNamedType(field.type).name;
      const here = `${path}.${(selection.alias ?? selection.name).value}`;
      vendors.set(here, vendorOfType(type) ?? vendorOfType(typeName));
      if (selection.selectionSet) walk(type, selection.selectionSet, here);
    }
  };
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation) walk('Query', operation.selectionSet, '');
  return (path) => vendors.get(path.replaceAll(/\.\d+(?=\.|$)/g, '')) ?? null;
}

/** Lists of people and accounts are those of the CRM. */
function vendorOfType(type: string): VendorName | null {
  if (['PersonConnection', 'PersonEdge', 'AccountConnection', 'AccountEdge'].includes(type)) return 'hubspot';
  return VENDOR_NAMES.find((vendor) => type.toLowerCase().startsWith(vendor)) ?? null;
}
