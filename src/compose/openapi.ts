/** The part of OpenAPI 3 the composer itself reads; Mesh reads the rest. */
import { z } from 'zod';

/** A schema, or a `$ref` to one: then nothing but `$ref` (and perhaps `nullable`) is set. */
export interface SchemaObject {
  $ref?: string | undefined;
  title?: string | undefined;
  type?: string | undefined;
  format?: string | undefined;
  nullable?: boolean | undefined;
  enum?: unknown[] | undefined;
  required?: string[] | undefined;
  properties?: Record<string, SchemaObject> | undefined;
  items?: SchemaObject | undefined;
  additionalProperties?: boolean | SchemaObject | undefined;
  allOf?: SchemaObject[] | undefined;
  oneOf?: SchemaObject[] | undefined;
  anyOf?: SchemaObject[] | undefined;
}

/** OpenAPI 3.1 writes `type: [string, 'null']` where 3.0 has `nullable`. */
function withOneType(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || !Array.isArray(schema.type))
    return schema;
  const types = schema.type.filter((type) => type !== 'null');
  const nullable = types.length < schema.type.length;
  return { ...schema, type: types.length === 1 ? types[0] : undefined, ...(nullable && { nullable }) };
}

const schemaObject: z.ZodType<SchemaObject> = z.lazy(() =>
  z.preprocess(
    withOneType,
    z.object({
      $ref: z.string().optional(),
      title: z.string().optional(),
      type: z.string().optional(),
      format: z.string().optional(),
      nullable: z.boolean().optional(),
      enum: z.array(z.unknown()).optional(),
      required: z.array(z.string()).optional(),
      properties: z.record(z.string(), schemaObject).optional(),
      items: schemaObject.optional(),
      additionalProperties: z.union([z.boolean(), schemaObject]).optional(),
      allOf: z.array(schemaObject).optional(),
      oneOf: z.array(schemaObject).optional(),
      anyOf: z.array(schemaObject).optional(),
    }),
  ),
);

const content = z.record(z.string(), z.object({ schema: schemaObject.optional() }));

const parameterObject = z.object({
  $ref: z.string().optional(),
  name: z.string().optional(),
  in: z.enum(['path', 'query', 'header', 'cookie']).optional(),
  required: z.boolean().optional(),
  style: z.string().optional(),
  explode: z.boolean().optional(),
  schema: schemaObject.optional(),
});

const bodyObject = z.object({
  $ref: z.string().optional(),
  required: z.boolean().optional(),
  content: content.optional(),
});

const responseObject = z.object({ $ref: z.string().optional(), content: content.optional() });

/** By expression, the address it is sent to. */
const callback = z.record(z.string(), z.union([z.string(), z.lazy((): z.ZodType<PathItem> => pathItem)]));

const operationObject = z.object({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(parameterObject).optional(),
  requestBody: bodyObject.optional(),
  responses: z.record(z.string(), responseObject).optional(),
  callbacks: z.record(z.string(), callback).optional(),
});

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** One side of the circle: an operation's callbacks hold path items. */
export interface PathItem {
  $ref?: string | undefined;
  parameters?: ParameterObject[] | undefined;
  get?: OperationObject | undefined;
  put?: OperationObject | undefined;
  post?: OperationObject | undefined;
  delete?: OperationObject | undefined;
  patch?: OperationObject | undefined;
}

const pathItem = z.object({
  $ref: z.string().optional(),
  parameters: z.array(parameterObject).optional(),
  get: operationObject.optional(),
  put: operationObject.optional(),
  post: operationObject.optional(),
  delete: operationObject.optional(),
  patch: operationObject.optional(),
});

const OPENAPI_3 = 'expected OpenAPI 3, such as openapi: 3.0.3';

export const openapiDocument = z.object({
  openapi: z.string(OPENAPI_3).regex(/^3\./, OPENAPI_3),
  paths: z.record(z.string(), pathItem),
  webhooks: z.record(z.string(), pathItem).optional(),
  components: z
    .object({
      schemas: z.record(z.string(), schemaObject).optional(),
      parameters: z.record(z.string(), parameterObject).optional(),
      requestBodies: z.record(z.string(), bodyObject).optional(),
      responses: z.record(z.string(), responseObject).optional(),
      callbacks: z.record(z.string(), callback).optional(),
      pathItems: z.record(z.string(), pathItem).optional(),
    })
    .optional(),
});

export type OpenapiDocument = z.output<typeof openapiDocument>;
export type Callback = z.output<typeof callback>;
export type ParameterObject = z.output<typeof parameterObject>;
export type OperationObject = z.output<typeof operationObject>;
