/** What the annotations on a root field say about its vendor call, parsed once. */
import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
} from 'graphql';
import type { VendorName } from '../config/vendor-name.ts';
import type { VendorRequest } from '../vendors/call-scope.ts';
import { type DirectiveArguments, readDirective, readMap, wireName } from './directive.ts';
import { type HeaderTemplate, parseHeaderTemplate } from './header-template.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';
import { type PagingRule, readPagingRule } from './paging-rule.ts';
import { type PathTemplate, parsePathTemplate } from './path-template.ts';
import { type ArrayStyle, isArrayStyle } from './query-string.ts';
import { type BodyFormat, bodyFormatOf } from './request-body.ts';
import { createWireMapper, type ToWire, type WireMapper } from './wire-value.ts';

export interface RestOperation {
  /** Root field's name, e.g. `stripeInvoices`. */
  name: string;
  vendor: VendorName;
  /** A field of Query reads, whatever its method. */
  access: 'read' | 'write';
  method: VendorRequest['method'];
  path: PathTemplate;
  query: readonly QueryParameter[];
  headers: readonly HeaderTemplate[];
  /** Undefined for an operation that sends none. */
  body?: BodyRule;
  /** How each argument becomes the vendor's, by argument name. */
  toWire: ReadonlyMap<string, ToWire>;
  shape: AnswerShape;
  /** Where the answer holds what the field returns. */
  result: JsonPath;
  paging?: PagingRule;
  sparse?: SparseRule;
  /** Header that takes an idempotency key. */
  idempotency?: string;
}

export interface QueryParameter {
  /** The vendor's name, e.g. `filter[ids]`. */
  name: string;
  argument: string;
  /** Absent: the vendor's usual style. */
  arrays?: ArrayStyle;
}

export interface BodyRule {
  format: BodyFormat;
  contentType: string;
}

/** Names the fields wanted, unless the caller does. */
export interface SparseRule {
  in: 'query' | 'body';
  /** The vendor's name of the parameter, or of the body's property. */
  name: string;
  argument: string;
  value: string | readonly string[];
}

/** What a good answer looks like: `any` is left to the type's own serializer. */
export type AnswerShape = 'object' | 'list' | 'boolean' | 'void' | 'binary' | 'text' | 'any';

type RootField = GraphQLField<unknown, unknown>;

/** Every root field that is a vendor call, by name. Needs a schema that kept its AST (`buildASTSchema`). */
export function readOperations(schema: GraphQLSchema): ReadonlyMap<string, RestOperation> {
  const mapperOf = createWireMapper();
  const operations = new Map<string, RestOperation>();
  for (const [type, access] of [
    [schema.getQueryType(), 'read'],
    [schema.getMutationType(), 'write'],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const http = readDirective(field.astNode, 'httpOperation');
      if (http !== undefined) operations.set(field.name, readOperation(field, http, access, mapperOf));
    }
  }
  return operations;
}

function readOperation(
  field: RootField,
  http: DirectiveArguments,
  access: RestOperation['access'],
  mapperOf: WireMapper,
): RestOperation {
  const headers = readHeaders(field, http);
  const contentType = headers.find(([name]) => name === 'content-type')?.[1];
  const query = readQuery(http);
  const paging = readPagingRule(readDirective(field.astNode, 'paging'));
  const sparse = readSparse(field, query);
  const idempotency = readDirective(field.astNode, 'idempotency')?.['header'];
  return {
    name: field.name,
    // The composed schema names only vendors the graph folder describes; the executor looks each of them up.
    vendor: text(field, http, 'subgraph') as VendorName,
    access,
    method: readMethod(field, http),
    path: parsePathTemplate(text(field, http, 'path')),
    query,
    headers: headers
      .filter(([name]) => name !== 'content-type')
      .map(([name, template]) => parseHeaderTemplate(name, template)),
    ...(contentType === undefined ? {} : { body: { format: bodyFormatOf(contentType), contentType } }),
    toWire: new Map(field.args.map((argument) => [argument.name, mapperOf(argument.type)])),
    shape: shapeOf(field.type),
    result: parseJsonPath(String(readDirective(field.astNode, 'vendorResult')?.['path'] ?? '')),
    ...(paging === undefined ? {} : { paging }),
    ...(sparse === undefined ? {} : { sparse }),
    ...(typeof idempotency === 'string' ? { idempotency: idempotency.toLowerCase() } : {}),
  };
}

const METHODS: readonly unknown[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies VendorRequest['method'][];

function isMethod(value: unknown): value is VendorRequest['method'] {
  return METHODS.includes(value);
}

function readMethod(field: RootField, http: DirectiveArguments): VendorRequest['method'] {
  const method = http['httpMethod'];
  if (!isMethod(method)) throw new TypeError(`@httpOperation of ${field.name}: unknown httpMethod ${String(method)}`);
  return method;
}

function text(field: RootField, http: DirectiveArguments, name: string): string {
  const value = http[name];
  if (typeof value !== 'string') throw new TypeError(`@httpOperation of ${field.name} has no ${name}`);
  return value;
}

/** Name (lower case) and template of each. */
function readHeaders(field: RootField, http: DirectiveArguments): [name: string, template: string][] {
  const headers = http['operationSpecificHeaders'] ?? [];
  if (!Array.isArray(headers))
    throw new TypeError(`@httpOperation of ${field.name}: operationSpecificHeaders is no list`);
  return headers.map(([name, template]: [unknown, unknown]) => [String(name).toLowerCase(), String(template)]);
}

function readQuery(http: DirectiveArguments): QueryParameter[] {
  const options = readMap(http['queryStringOptionsByParam']);
  const shared = arrayStyle(readMap(http['queryStringOptions']));
  return Object.entries(readMap(http['queryParamArgMap'])).map(([name, argument]) => {
    const arrays = arrayStyle(options[name]) ?? shared;
    return { name, argument: String(argument), ...(arrays === undefined ? {} : { arrays }) };
  });
}

/** Of qs's options only the array format counts. `destructObject` would lose the parameter's name (Stripe's `created`). */
function arrayStyle(options: unknown): ArrayStyle | undefined {
  if (typeof options !== 'object' || options === null || !('arrayFormat' in options)) return undefined;
  return isArrayStyle(options.arrayFormat) ? options.arrayFormat : undefined;
}

function readSparse(field: RootField, query: readonly QueryParameter[]): SparseRule | undefined {
  const sparse = readDirective(field.astNode, 'sparse');
  if (sparse === undefined) return undefined;
  const argument = String(sparse['argument']);
  const fields = Array.isArray(sparse['fields']) ? sparse['fields'].map(String) : [];
  const separator = sparse['separator'];
  const value = typeof separator === 'string' ? fields.join(separator) : fields;
  if (sparse['in'] === 'body') return { in: 'body', name: bodyPropertyName(field, argument), argument, value };
  const name = query.find((parameter) => parameter.argument === argument)?.name ?? argument;
  return { in: 'query', name, argument, value };
}

function bodyPropertyName(field: RootField, property: string): string {
  const input = field.args.find((argument) => argument.name === 'input');
  const type = input === undefined ? undefined : getNamedType(input.type);
  const fields = type !== undefined && 'getFields' in type ? type.getFields() : {};
  return wireName(fields[property]?.astNode, property);
}

const SCALAR_SHAPES: Readonly<Record<string, AnswerShape>> = {
  Boolean: 'boolean',
  Void: 'void',
  File: 'binary',
  Byte: 'binary',
  JSON: 'any',
};

function shapeOf(type: GraphQLOutputType): AnswerShape {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return 'list';
  if (isUnionType(nullable)) return 'any';
  if (isCompositeType(nullable)) return 'object';
  return SCALAR_SHAPES[getNamedType(nullable).name] ?? 'text';
}
