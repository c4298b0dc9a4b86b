/** Reads and writes directives of a schema document. */
import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstValueNode,
  type EnumValueDefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  valueFromASTUntyped,
} from 'graphql';
import { nameNode } from './type-node.ts';

export type Plain = string | number | boolean | readonly Plain[];

interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

export function directiveOf(node: Annotated, name: string): ConstDirectiveNode | undefined {
  return node.directives?.find((directive) => directive.name.value === name);
}

/** The argument's value; enum values as strings. */
export function argumentOf(directive: ConstDirectiveNode | undefined, name: string): unknown {
  const argument = directive?.arguments?.find((one) => one.name.value === name);
  return argument && valueFromASTUntyped(argument.value);
}

/** Arguments without a value are left out. */
export function directiveNode(name: string, values: Record<string, Plain | undefined>): ConstDirectiveNode {
  return withArguments({ kind: Kind.DIRECTIVE, name: nameNode(name), arguments: [] }, values);
}

/** `@pii(category: EMAIL)`: an enum's value is written without quotes. */
export function enumDirectiveNode(name: string, argument: string, value: string): ConstDirectiveNode {
  const category: ConstArgumentNode = {
    kind: Kind.ARGUMENT,
    name: nameNode(argument),
    value: { kind: Kind.ENUM, value },
  };
  return { kind: Kind.DIRECTIVE, name: nameNode(name), arguments: [category] };
}

/** Replaces arguments by name, new ones at the end; an undefined value removes one. */
export function withArguments(
  directive: ConstDirectiveNode,
  values: Record<string, Plain | undefined>,
): ConstDirectiveNode {
  const old = directive.arguments ?? [];
  const replaced = old.flatMap((argument) =>
    Object.hasOwn(values, argument.name.value) ? argumentNodes(argument.name.value, values) : [argument],
  );
  const isNew = (name: string) => old.every((argument) => argument.name.value !== name);
  const added = Object.keys(values)
    .filter(isNew)
    .flatMap((name) => argumentNodes(name, values));
  return { ...directive, arguments: [...replaced, ...added] };
}

function argumentNodes(name: string, values: Record<string, Plain | undefined>): ConstArgumentNode[] {
  const value = values[name];
  return value === undefined ? [] : [{ kind: Kind.ARGUMENT, name: nameNode(name), value: valueNode(value) }];
}

export function addDirective(field: FieldDefinitionNode, directive: ConstDirectiveNode): FieldDefinitionNode {
  return { ...field, directives: [...(field.directives ?? []), directive] };
}

/** The vendor's name of a field, where GraphQL could not spell it. */
export function wireName(field: FieldDefinitionNode | InputValueDefinitionNode): string {
  const original = argumentOf(directiveOf(field, 'resolveRootField'), 'field');
  return typeof original === 'string' ? original : field.name.value;
}

/** The vendor's value of an enum member. */
export function wireValue(member: EnumValueDefinitionNode): string {
  const original = argumentOf(directiveOf(member, 'enum'), 'value');
  return typeof original === 'string' ? String(JSON.parse(original)) : member.name.value;
}

function valueNode(value: Plain): ConstValueNode {
  if (typeof value === 'string') return { kind: Kind.STRING, value };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number') return { kind: Kind.INT, value: String(value) };
  return { kind: Kind.LIST, values: value.map(valueNode) };
}
