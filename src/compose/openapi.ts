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

const schemaObject: z.ZodType<SchemaObject> = z.lazy(() =>
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

const operationObject = z.object({
  operationId: z.string().optional(),
  parameters: z.array(parameterObject).optional(),
  requestBody: bodyObject.optional(),
  responses: z.record(z.string(), responseObject).optional(),
});

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const pathItem = z.object({
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
  components: z
    .object({
      schemas: z.record(z.string(), schemaObject).optional(),
      parameters: z.record(z.string(), parameterObject).optional(),
      requestBodies: z.record(z.string(), bodyObject).optional(),
      responses: z.record(z.string(), responseObject).optional(),
    })
    .optional(),
});

export type OpenapiDocument = z.output<typeof openapiDocument>;
export type ParameterObject = z.output<typeof parameterObject>;
export type OperationObject = z.output<typeof operationObject>;
