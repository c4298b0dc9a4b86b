/** Reads a directive's arguments off an AST node; the composed schema keeps what a vendor call needs there. */
import { type ConstDirectiveNode, valueFromASTUntyped } from 'graphql';

export interface Annotated {
  directives?: readonly ConstDirectiveNode[] | undefined;
}

export type DirectiveArguments = Readonly<Record<string, unknown>>;

export function readDirective(node: Annotated | null | undefined, name: string): DirectiveArguments | undefined {
  const directive = node?.directives?.find((candidate) => candidate.name.value === name);
  if (directive === undefined) return undefined;
  return Object.fromEntries(
    (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
  );
}

/** The vendor's own name of a property, where GraphQL could not spell it. */
export function wireName(node: Annotated | null | undefined, name: string): string {
  const field = readDirective(node, 'resolveRootField')?.['field'];
  return typeof field === 'string' ? field : name;
}

/** Mesh prints maps as JSON in a string. */
export function readMap(value: unknown): Readonly<Record<string, unknown>> {
  const map: unknown = typeof value === 'string' ? JSON.parse(value) : (value ?? {});
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new TypeError('expected a map');
  return Object.fromEntries(Object.entries(map));
}
