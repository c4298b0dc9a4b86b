/** Writes GraphQL types as TypeScript: rows as vendors send them, arguments as a join hands them to the executor. */
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
} from 'graphql';
import { readDirective, wireName } from '../rest/directive.ts';
import { readEnumValues } from '../rest/wire-value.ts';

export interface TypeWriter {
  /** The text of an output type, as what the vendor sends for it. */
  row(type: GraphQLOutputType): string;
  argument(type: GraphQLInputType): string;
  /** What the texts so far refer to, sorted by name. */
  declarations(): string[];
}

/** Every other scalar is text; what a scalar promises no more about is `unknown`. */
const SCALARS: Readonly<Record<string, string>> = {
  ID: 'Id',
  BigInt: 'Integer',
  Int: 'number',
  Float: 'number',
  UnixTime: 'number',
  Boolean: 'boolean',
  JSON: 'unknown',
  ObjMap: 'Readonly<Record<string, unknown>>',
  File: 'Uint8Array',
  Byte: 'Uint8Array',
};

export function createTypeWriter(schema: GraphQLSchema): TypeWriter {
  const declared = new Map<string, string>();

  /** A type that refers to itself is known by name before it is written. */
  const declare = (name: string, write: () => string): string => {
    if (!declared.has(name)) {
      declared.set(name, '');
      declared.set(name, write());
    }
    return name;
  };

  const enumOf = (type: Extract<GraphQLNamedType, { getValues: unknown }>): string =>
    declare(type.name, () => {
      const values = [...readEnumValues(type).values()].map((value) => JSON.stringify(value));
      return `export type ${type.name} = ${values.join(' | ')};`;
    });

  const rowOf = (type: GraphQLNamedType): string => {
    if (isEnumType(type)) return enumOf(type);
    const name = `${type.name}Row`;
    if (isAbstractType(type)) {
      return declare(name, () => `export type ${name} = ${schema.getPossibleTypes(type).map(rowOf).join(' | ')};`);
    }
    if (!isObjectType(type)) return scalarOf(type);
    const fields = Object.values(type.getFields());
    // Stands for a plain value, which the vendor sends without an object around it.
    const plain = fields.find(({ astNode }) => readDirective(astNode, 'resolveRoot') !== undefined);
    if (plain !== undefined) return declare(name, () => `export type ${name} = ${textOf(plain.type, rowOf)};`);
    return declare(name, () =>
      interfaceOf(
        name,
        fields.map((field) =>
          property(wireName(field.astNode, field.name), textOf(field.type, rowOf), isNonNullType(field.type)),
        ),
      ),
    );
  };

  const argumentOf = (type: GraphQLNamedType): string => {
    if (isEnumType(type)) return enumOf(type);
    if (!isInputObjectType(type)) return scalarOf(type);
    return declare(type.name, () =>
      interfaceOf(
        type.name,
        Object.values(type.getFields()).map((field) =>
          property(field.name, textOf(field.type, argumentOf), isRequiredInputField(field)),
        ),
      ),
    );
  };

  return {
    row: (type) => textOf(type, rowOf),
    argument: (type) => textOf(type, argumentOf),
    declarations: () => [...declared].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text),
  };
}

/** `name?: type`, or `name: type` for what is always there. */
export function property(name: string, type: string, isThere: boolean): string {
  const key = /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name);
  return `${key}${isThere ? '' : '?'}: ${type}`;
}

function interfaceOf(name: string, properties: readonly string[]): string {
  return [`export interface ${name} {`, ...properties.map((one) => `  ${one};`), '}'].join('\n');
}

function scalarOf({ name }: GraphQLNamedType): string {
  return SCALARS[name] ?? 'string';
}

function textOf(type: GraphQLType, nameOf: (type: GraphQLNamedType) => string): string {
  if (isNonNullType(type)) return isListType(type.ofType) ? listOf(type.ofType.ofType, nameOf) : nameOf(type.ofType);
  const text = isListType(type) ? listOf(type.ofType, nameOf) : nameOf(type);
  return text === 'unknown' ? text : `${text} | null`;
}

function listOf(item: GraphQLType, nameOf: (type: GraphQLNamedType) => string): string {
  const text = textOf(item, nameOf);
  return `readonly ${text.includes(' ') ? `(${text})` : text}[]`;
}
