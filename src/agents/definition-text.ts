/** Definitions as SDL, as much of them as was asked for. */
import { type GraphQLNamedType, parse, print, printType, visit } from 'graphql';

/** The type with that field alone. */
export function fieldText(type: GraphQLNamedType, fieldName: string): string {
  const others = {
    FieldDefinition: ({ name }: { name: { value: string } }) => (name.value === fieldName ? undefined : null),
  };
  return print(visit(parse(printType(type), { noLocation: true }), others));
}

/** Of SDL that may be none at all. */
export function withoutDescriptions(sdl: string): string {
  if (sdl === '') return sdl;
  return print(
    visit(parse(sdl, { noLocation: true }), {
      enter: (node) => ('description' in node && node.description ? { ...node, description: undefined } : undefined),
    }),
  );
}
