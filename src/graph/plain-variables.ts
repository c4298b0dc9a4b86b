/**
 * Variables that are plainly what they are declared as: texts, numbers and switches of GraphQL's own scalars. Nearly all are,
 * and to see it takes a tenth of what graphql-js needs to coerce them; of all others it has the word.
 */
import type { OperationDefinitionNode, TypeNode } from 'graphql';

type IsPlain = (value: unknown) => boolean;

const MOST_INT = 2 ** 31 - 1;

const SCALARS: Readonly<Record<string, IsPlain>> = {
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Float: (value) => Number.isFinite(value),
  Int: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= MOST_INT,
};

interface Declared {
  name: string;
  isPlain: IsPlain;
  /** May be absent or null. */
  isOptional: boolean;
}

/** What was read of an operation; null where a variable is none of these. */
const declared = new WeakMap<OperationDefinitionNode, readonly Declared[] | null>();

/** False says nothing: graphql-js has to look. */
export function arePlain(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): boolean {
  let known = declared.get(operation);
  if (known === undefined) {
    known = readDeclared(operation);
    declared.set(operation, known);
  }
  return (
    known?.every(({ name, isPlain, isOptional }) => {
      if (!Object.hasOwn(variables, name)) return isOptional;
      const value = variables[name];
      return value === null ? isOptional : isPlain(value);
    }) ?? false
  );
}

function readDeclared({ variableDefinitions = [] }: OperationDefinitionNode): readonly Declared[] | null {
  const all: Declared[] = [];
  for (const { variable, type, defaultValue } of variableDefinitions) {
    const isPlain = scalarOf(type);
    // A default is graphql-js's to put in.
    if (!isPlain || defaultValue) return null;
    all.push({ name: variable.name.value, isPlain, isOptional: type.kind !== 'NonNullType' });
  }
  return all;
}

function scalarOf(type: TypeNode): IsPlain | undefined {
  const named = type.kind === 'NonNullType' ? type.type : type;
  const name = named.kind === 'NamedType' ? named.name.value : '';
  return Object.hasOwn(SCALARS, name) ? SCALARS[name] : undefined;
}
