/** Reads a vendor's OpenAPI file: its operations, its schemas, and where each of them stands. */
import { ConfigError, type ConfigProblem } from '../config/config-error.ts';
import { checkAgainst } from '../config/schema-problems.ts';
import { readYamlFile, type YamlFile, type YamlPath } from '../config/yaml-file.ts';
import { METHODS, type OpenapiDocument, type OperationObject, openapiDocument, type SchemaObject } from './openapi.ts';
import { referenceProblems, resolveReference } from './reference.ts';

export interface OpenapiParameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  style: string | undefined;
  explode: boolean | undefined;
  schema: SchemaObject | undefined;
  at: YamlPath;
}

export interface OpenapiOperation {
  /** The operationId; empty when it is missing, which a check reports. */
  id: string;
  method: (typeof METHODS)[number];
  path: string;
  at: YamlPath;
  parameters: readonly OpenapiParameter[];
  body: { required: boolean; schema: SchemaObject | undefined; at: YamlPath } | undefined;
  /** What the first 2xx response holds. */
  answer: SchemaObject | undefined;
}

export interface OpenapiFile {
  yaml: YamlFile;
  document: OpenapiDocument;
  operations: readonly OpenapiOperation[];
  /** The schema itself, wherever `$ref` leads. */
  resolve(schema: SchemaObject): SchemaObject;
  problem(at: YamlPath, message: string, subject?: string): ConfigProblem;
}

/** Throws `ConfigError` when the file is no OpenAPI 3 or a `$ref` leads nowhere. */
export function readOpenapiFile(path: string): OpenapiFile {
  const yaml = readYamlFile(path);
  const broken = referenceProblems(yaml);
  if (broken[0] !== undefined) throw new ConfigError(broken[0], ...broken.slice(1));
  const { value: document, problems } = checkAgainst(openapiDocument, yaml);
  if (document === undefined) {
    throw new ConfigError(problems[0] ?? { file: path, message: 'Found no OpenAPI.' }, ...problems.slice(1));
  }
  const resolve = <Part extends { $ref?: string | undefined }>(part: Part): Part => resolveReference(document, part);
  return {
    yaml,
    document,
    operations: readOperations(document, resolve),
    resolve,
    problem: (at, message, subject) => ({ file: path, ...yaml.locate(at), subject, message }),
  };
}

type Resolve = <Part extends { $ref?: string | undefined }>(part: Part) => Part;

function readOperations({ paths }: OpenapiDocument, resolve: Resolve): OpenapiOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const at = ['paths', path, method];
      const shared = readParameters(item.parameters, ['paths', path], resolve);
      const own = readParameters(operation.parameters, at, resolve);
      return [
        {
          id: operation.operationId ?? '',
          method,
          path,
          at,
          parameters: [...shared, ...own],
          body: readBody(operation, at, resolve),
          answer: readAnswer(operation, resolve),
        },
      ];
    }),
  );
}

function readParameters(parameters: OperationObject['parameters'], at: YamlPath, resolve: Resolve): OpenapiParameter[] {
  return (parameters ?? []).map((parameter, index) => {
    const { name, in: place, required, style, explode, schema } = resolve(parameter);
    return {
      name: name ?? '',
      in: place ?? 'query',
      required: required === true,
      style,
      explode,
      schema,
      at: [...at, 'parameters', index],
    };
  });
}

function readBody(operation: OperationObject, at: YamlPath, resolve: Resolve): OpenapiOperation['body'] {
  if (operation.requestBody === undefined) return undefined;
  const { required, content = {} } = resolve(operation.requestBody);
  return { required: required === true, schema: Object.values(content)[0]?.schema, at: [...at, 'requestBody'] };
}

function readAnswer({ responses = {} }: OperationObject, resolve: Resolve): SchemaObject | undefined {
  const [, response] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return response && Object.values(resolve(response).content ?? {})[0]?.schema;
}
