/** Puts the joins of a graph folder into its schema. Unlike the engine's, each of theirs must have a field to resolve. */
import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { type ConfigProblem, displayPath, throwProblems } from '../config/config-error.ts';
import type { JoinFile } from '../joins/join-files.ts';
import { readDirective } from '../rest/directive.ts';
import type { GraphContext } from './context.ts';
import { OWN_JOIN } from './cost-rules.ts';

/** They come after the engine's and take the place of any of those. Throws `ConfigError` with every problem. */
export function attachOwnJoins(schema: GraphQLSchema, files: readonly JoinFile[]): void {
  const owners = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  for (const { file, join } of files) {
    for (const [typeName, fields] of Object.entries(join)) {
      for (const [fieldName, resolve] of Object.entries(fields)) {
        const name = `${typeName}.${fieldName}`;
        const wrong = whatIsWrong(schema, typeName, fieldName) ?? whoElse(owners.get(name));
        if (wrong !== undefined) problems.push({ file, message: `Found a join for ${name}, ${wrong}` });
        owners.set(name, owners.get(name) ?? file);
        const type = schema.getType(typeName);
        const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
        if (field) {
          // The SDL says which parent and arguments a join gets; graphql-js keeps to it.
          const own = resolve as unknown as GraphQLFieldResolver<unknown, GraphContext>;
          field.resolve = own;
          field.extensions = { ...field.extensions, [OWN_JOIN]: true };
        }
      }
    }
  }
  throwProblems(problems);
}

/**
 * Fields with arguments, and lists in pages, that no join answers: an SDL file declares them, vendors' rows hold no such
 * thing, so they would be null for ever. A plain field nobody joins may be a property of the row.
 */
export function unansweredFields(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !roots.includes(type) && !isIntrospectionType(type))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ resolve, args, type: returned }) => !resolve && (args.length > 0 || isConnection(returned)))
        .map((field) => `${type.name}.${field.name}`),
    );
}

function whatIsWrong(schema: GraphQLSchema, typeName: string, fieldName: string): string | undefined {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) return `but the graph has no object type ${typeName}. Correct the name.`;
  const field = type.getFields()[fieldName];
  if (!field) {
    const hint = 'Declare it in a file of additionalTypeDefs and run npm run compose.';
    return `but ${typeName} has no such field. ${hint}`;
  }
  return readDirective(field.astNode, 'httpOperation') === undefined
    ? undefined
    : 'which a vendor operation answers already. Give yours another name.';
}

function isConnection(type: GraphQLOutputType): boolean {
  const named = getNamedType(type);
  return isObjectType(named) && named.name.endsWith('Connection') && 'pageInfo' in named.getFields();
}

function whoElse(file: string | undefined): string | undefined {
  return file === undefined ? undefined : `which ${displayPath(file)} has, too. Remove one of the two.`;
}
