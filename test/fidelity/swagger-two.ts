/** Swagger 2.0 → the shape of OpenAPI 3: form fields become a request body, and everything typed gets a `schema`. */
import type { OpenApiDocument, Operation, Parameter, PathItem, Schema } from './openapi-document.ts';

export interface SwaggerDocument {
  host: string;
  basePath: string;
  paths: Readonly<Record<string, Readonly<Record<string, SwaggerOperation>>>>;
}

interface SwaggerOperation {
  consumes?: readonly string[];
  parameters?: readonly SwaggerParameter[];
  responses?: Readonly<Record<string, { schema?: Schema }>>;
}

type SwaggerParameter = Omit<Schema, 'required'> & { name: string; in: string; required?: boolean };

/** `definitions` stay where they are, so that references keep leading there. */
export function fromSwagger(document: SwaggerDocument): OpenApiDocument {
  return {
    ...document,
    servers: [{ url: `https://${document.host}${document.basePath}` }],
    paths: mapValues(document.paths, (item) => mapValues(item, fromOperation) as PathItem),
  };
}

function fromOperation({ consumes = [], parameters = [], responses = {} }: SwaggerOperation): Operation {
  const fields = parameters.filter((parameter) => parameter.in === 'formData');
  const operation: Operation = {
    parameters: parameters.filter((parameter) => parameter.in !== 'formData').map(fromParameter),
    responses: mapValues(responses, ({ schema }) => (schema ? { content: { 'application/json': { schema } } } : {})),
  };
  if (fields.length === 0) return operation;
  return { ...operation, requestBody: { content: Object.fromEntries(consumes.map((type) => [type, form(fields)])) } };
}

/** What is left of a parameter without its name, place and flag is its schema. */
function fromParameter({ name, in: place, required = false, ...schema }: SwaggerParameter): Parameter {
  return { name, in: place, required, schema };
}

function form(fields: readonly SwaggerParameter[]): { schema: Schema } {
  const properties = Object.fromEntries(fields.map(({ name, in: _, required: __, ...schema }) => [name, schema]));
  return {
    schema: { type: 'object', properties, required: fields.filter(({ required }) => required).map(({ name }) => name) },
  };
}

function mapValues<A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
