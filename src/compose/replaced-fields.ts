/**
 * An SDL file may give a vendor's field another type: `extend type CalcomBooking { attendees: [Person!]! }`. Its field
 * takes the place of the vendor's, whose value the join finds in the row.
 */
import { type DefinitionNode, type DocumentNode, Kind } from 'graphql';

export function dropReplacedFields(
  vendors: readonly DefinitionNode[],
  sdl: readonly DocumentNode[],
): readonly DefinitionNode[] {
  const replaced = new Set(
    sdl
      .flatMap(({ definitions }) => definitions)
      .flatMap((node) => (node.kind === Kind.OBJECT_TYPE_EXTENSION ? [node] : []))
      .flatMap(({ name, fields = [] }) => fields.map((field) => `${name.value}.${field.name.value}`)),
  );
  return vendors.map((node) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return node;
    const kept = node.fields?.filter((field) => !replaced.has(`${node.name.value}.${field.name.value}`));
    return { ...node, fields: kept ?? [] };
  });
}
