/** Reads and rewrites the parts of Mesh's `@httpOperation` that name arguments. */
import type { FieldDefinitionNode } from 'graphql';
import { argumentOf, directiveOf, withArguments } from './directive-node.ts';

export interface HttpOperation {
  /** `/v1/invoices/{args.id}` */
  path: string;
  /** Name and template, as in `["X-Locale", "{args.X_Locale}"]`. */
  headers: readonly (readonly [string, string])[];
  /** The vendor's query parameter → our argument. */
  query: Readonly<Record<string, string>>;
}

const DIRECTIVE = 'httpOperation';

export function readHttpOperation(field: FieldDefinitionNode): HttpOperation {
  const directive = directiveOf(field, DIRECTIVE);
  const query = argumentOf(directive, 'queryParamArgMap');
  // Mesh writes these three itself, always in these shapes.
  return {
    path: argumentOf(directive, 'path') as string,
    headers: (argumentOf(directive, 'operationSpecificHeaders') ?? []) as [string, string][],
    query: query === undefined ? {} : (JSON.parse(query as string) as Record<string, string>),
  };
}

export function writeHttpOperation(field: FieldDefinitionNode, operation: HttpOperation): FieldDefinitionNode {
  const { path, headers, query } = operation;
  const values = {
    path,
    operationSpecificHeaders: headers.length === 0 ? undefined : headers,
    queryParamArgMap: Object.keys(query).length === 0 ? undefined : JSON.stringify(query),
  };
  return {
    ...field,
    directives: field.directives?.map((one) => (one.name.value === DIRECTIVE ? withArguments(one, values) : one)) ?? [],
  };
}

/** Renames arguments in every template and map at once. */
export function renameArguments(
  { path, headers, query }: HttpOperation,
  rename: (argument: string) => string,
): HttpOperation {
  const template = (text: string) => text.replace(/\{args\.(\w+)\}/g, (_, name: string) => `{args.${rename(name)}}`);
  return {
    path: template(path),
    headers: headers.map(([name, value]) => [name, template(value)] as const),
    query: Object.fromEntries(Object.entries(query).map(([wire, argument]) => [wire, rename(argument)])),
  };
}
