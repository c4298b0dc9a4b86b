/** Tells which member of a union or interface a vendor's row is: by its discriminator, else by its properties. */
import type { GraphQLAbstractType, GraphQLObjectType } from 'graphql';
import { isNonNullType } from 'graphql';
import { GatewayError } from '../errors.ts';
import { readDirective, wireName } from './directive.ts';
import { isObject } from './json-path.ts';

export type TypeResolver = (row: unknown) => string;

export function createTypeResolver(type: GraphQLAbstractType, members: readonly GraphQLObjectType[]): TypeResolver {
  const discriminator = readDirective(type.astNode, 'discriminator');
  const field = discriminator?.['field'];
  const named = readMapping(discriminator?.['mapping']);
  const candidates = members.map(describe);
  return (row) => {
    const said = typeof field === 'string' && isObject(row) ? named.get(String(row[field])) : undefined;
    const name = said ?? bestMatch(row, candidates);
    if (name !== undefined) return name;
    throw new GatewayError('VENDOR_BAD_RESPONSE', `The vendor sent an object that fits no type of ${type.name}.`, {
      retryable: false,
    });
  };
}

function readMapping(mapping: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(mapping)) return new Map();
  return new Map(mapping.map(([value, name]: [unknown, unknown]) => [String(value), String(name)]));
}

interface Candidate {
  name: string;
  /** Stands for a plain value, which it holds in one field. */
  isContainer: boolean;
  required: readonly string[];
  properties: readonly string[];
}

function describe(member: GraphQLObjectType): Candidate {
  const fields = Object.values(member.getFields());
  return {
    name: member.name,
    isContainer: fields.some((field) => readDirective(field.astNode, 'resolveRoot') !== undefined),
    required: fields.filter((field) => isNonNullType(field.type)).map((field) => wireName(field.astNode, field.name)),
    properties: fields.map((field) => wireName(field.astNode, field.name)),
  };
}

/** Of the members whose required properties are all there, the one that explains most of the row; then the smallest. */
function bestMatch(row: unknown, candidates: readonly Candidate[]): string | undefined {
  if (!isObject(row)) return candidates.find((candidate) => candidate.isContainer)?.name;
  if (Array.isArray(row)) return undefined;
  const has = (property: string): boolean => Object.hasOwn(row, property);
  const fitting = candidates
    .filter(({ isContainer, required }) => !isContainer && required.every((name) => has(name) && row[name] !== null))
    .map(({ name, properties }) => {
      const known = properties.filter(has).length;
      return { name, known, absent: properties.length - known };
    })
    .sort((a, b) => b.known - a.known || a.absent - b.absent);
  return fitting[0]?.name;
}
