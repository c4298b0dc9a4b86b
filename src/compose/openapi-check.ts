/** What our rules ask of an OpenAPI file, checked before Mesh, so that the message is ours and names a line. */
import type { ConfigProblem } from '../config/config-error.ts';
import type { OpenapiFile, OpenapiOperation } from './openapi-file.ts';
import { allSchemas, reachable } from './schema-walk.ts';

export function openapiProblems(openapi: OpenapiFile): ConfigProblem[] {
  return [
    ...openapi.operations.flatMap((operation) => [
      ...operationIdProblems(openapi, operation),
      ...parameterProblems(openapi, operation),
      ...bodyProblems(openapi, operation),
    ]),
    ...titleProblems(openapi),
  ];
}

function operationIdProblems(openapi: OpenapiFile, { id, method, path, at }: OpenapiOperation): ConfigProblem[] {
  const place = `${method.toUpperCase()} ${path}`;
  if (id === '')
    return [openapi.problem(at, `Found no operationId on ${place}, expected a name such as listContacts.`)];
  const idAt = [...at, 'operationId'];
  if (!/^[a-z][A-Za-z0-9]*$/.test(id)) {
    return [openapi.problem(idAt, `Found operationId "${id}", expected letters and digits in camelCase.`)];
  }
  const first = openapi.operations.find((operation) => operation.id === id);
  if (first === undefined || first.at === at) return [];
  const message = `Found operationId "${id}" on ${place} too, expected it once: ${first.method.toUpperCase()} ${first.path} has it.`;
  return [openapi.problem(idAt, message)];
}

/** Mesh loses the parameter's name otherwise: `created[gte]=1` becomes `gte=1`. */
function parameterProblems(openapi: OpenapiFile, { id, parameters }: OpenapiOperation): ConfigProblem[] {
  return parameters
    .filter(({ style, explode }) => style === 'deepObject' && explode !== undefined)
    .map(({ name, at }) => {
      const message = `Found explode on the deepObject parameter "${name}", expected none. Remove explode.`;
      return openapi.problem([...at, 'explode'], message, id);
    });
}

function bodyProblems(openapi: OpenapiFile, { id, body }: OpenapiOperation): ConfigProblem[] {
  if (body?.schema === undefined) return [];
  const unions = reachable(openapi, body.schema).filter(
    ({ oneOf, anyOf }) => oneOf !== undefined || anyOf !== undefined,
  );
  return unions.map((schema) => {
    const place = allSchemas(openapi).find((placed) => placed.schema === schema);
    const key = schema.oneOf === undefined ? 'anyOf' : 'oneOf';
    const message = `Found ${key} in a request body, expected one object with optional fields.`;
    return openapi.problem([...(place?.at ?? body.at), key], message, id);
  });
}

function titleProblems(openapi: OpenapiFile): ConfigProblem[] {
  const places = new Map<string, number>();
  return allSchemas(openapi).flatMap(({ schema, at }) => {
    if (schema.properties === undefined && schema.enum === undefined && schema.oneOf === undefined) return [];
    if (schema.title === undefined) {
      const kind = schema.enum === undefined ? 'an object' : 'an enum';
      return [openapi.problem(at, `Found ${kind} without title, expected one: it becomes the type's name.`)];
    }
    if (['Query', 'Mutation', 'Any'].includes(schema.title)) {
      const message = `Found title "${schema.title}", expected another: Mesh means something of its own by it.`;
      return [openapi.problem([...at, 'title'], message)];
    }
    if (!/^[A-Z][A-Za-z0-9]*$/.test(schema.title)) {
      const message = `Found title "${schema.title}", expected letters and digits in PascalCase: it becomes the type's name.`;
      return [openapi.problem([...at, 'title'], message)];
    }
    const { line } = openapi.yaml.locate(at);
    const first = places.get(schema.title);
    if (first === undefined) places.set(schema.title, line);
    if (first === undefined) return [];
    const message = `Found title "${schema.title}" a second time (first in line ${first}), expected each once. Share it by $ref.`;
    return [openapi.problem([...at, 'title'], message)];
  });
}
