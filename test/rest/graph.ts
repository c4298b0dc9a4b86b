/** A small composed schema in the form the composer prints, and an executor of it against a test's own vendor. */
import { buildSchema, type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import type { VendorConfig } from '../../src/config/vendor.ts';
import { createConnection } from '../../src/rest/connection.ts';
import { createRestExecutor, type RestExecutor } from '../../src/rest/executor.ts';
import { readOperations } from '../../src/rest/operation.ts';
import { attachVendorTypes } from '../../src/rest/vendor-types.ts';
import type { CallScope } from '../../src/vendors/call-scope.ts';
import { stripeConfig, stripeDoor, type TestScope, testScope } from '../vendors/kit.ts';
import { type Answer, startVendor, type VendorServer } from '../vendors/vendor-server.ts';

const PREAMBLE = `
directive @enum(subgraph: String, value: String) on ENUM_VALUE
directive @discriminator(subgraph: String, field: String, mapping: [[String]]) on INTERFACE | UNION
directive @resolveRoot(subgraph: String) on FIELD_DEFINITION
directive @resolveRootField(subgraph: String, field: String) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
directive @httpOperation(subgraph: String, path: String, operationSpecificHeaders: [[String]], httpMethod: HTTPMethod, queryParamArgMap: ObjMap, queryStringOptionsByParam: ObjMap, queryStringOptions: ObjMap) on FIELD_DEFINITION
directive @vendorResult(path: String!) on FIELD_DEFINITION
directive @paging(style: String!, items: String!, in: String!, size: String!, cursor: String, offset: String, unit: String, first: Int, id: String, next: String, more: String, maxSize: Int!, maxRows: Int, order: String, direction: String) on FIELD_DEFINITION
directive @sparse(argument: String!, in: String!, separator: String, fields: [String!]!) on FIELD_DEFINITION
directive @idempotency(header: String!) on FIELD_DEFINITION
enum HTTPMethod { GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH }
scalar ObjMap
scalar BigInt
scalar DateTime
scalar Date
scalar JSON
scalar URL
scalar File
scalar Byte
scalar Void
scalar EmailAddress
type PageInfo { hasNextPage: Boolean! endCursor: String }
`;

/** `@httpOperation` as Mesh prints it. */
export function http(method: string, path: string, rest = ''): string {
  return `@httpOperation(subgraph: "stripe", path: "${path}", httpMethod: ${method} ${rest})`;
}

export interface TestGraph extends AsyncDisposable {
  vendor: VendorServer;
  rest: RestExecutor;
  schema: GraphQLSchema;
  scope: TestScope;
  query(source: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
}

export interface GraphOptions {
  sdl: string;
  answer: Answer;
  config?: VendorConfig;
  scope?: Partial<CallScope>;
}

export async function startGraph({
  sdl,
  answer,
  config = stripeConfig(),
  scope: changes,
}: GraphOptions): Promise<TestGraph> {
  const vendor = await startVendor(answer);
  const door = stripeDoor(vendor.url, config);
  const schema = buildSchema(PREAMBLE + sdl);
  const operations = readOperations(schema);
  attachVendorTypes(schema);
  const rest = createRestExecutor({ operations, vendors: new Map([['stripe', config]]), door });
  // Each query has a scope of its own; `scope` is of the calls a test makes itself.
  for (const operation of operations.values())
    attachRoot(schema, operation.name, operation.paging !== undefined, rest, changes);
  const scope = testScope(changes);
  return {
    vendor,
    rest,
    schema,
    scope,
    query: async (source, variableValues = {}) => {
      const result = await graphql({ schema, source, variableValues, contextValue: testScope(changes) });
      return JSON.parse(JSON.stringify(result));
    },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

function attachRoot(
  schema: GraphQLSchema,
  name: string,
  isPaged: boolean,
  rest: RestExecutor,
  changes: Partial<CallScope> | undefined,
): void {
  const field = schema.getQueryType()?.getFields()[name] ?? schema.getMutationType()?.getFields()[name];
  if (field === undefined) throw new Error(`no root field ${name}`);
  field.resolve = (_root, { first, after, ...args }, scope: CallScope = testScope(changes)) =>
    isPaged ? createConnection(() => rest.page(name, args, { first, after }, scope)) : rest.call(name, args, scope);
}
