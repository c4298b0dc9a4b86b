/** Gives arguments our names and types: path arguments are `ID!`, what OpenAPI requires is required. */
import { type FieldDefinitionNode, type InputValueDefinitionNode, Kind, type TypeNode } from 'graphql';
import { argumentName } from './argument-name.ts';
import { mapRootFields } from './document.ts';
import { type HttpOperation, readHttpOperation, renameArguments, writeHttpOperation } from './http-operation.ts';
import { isIdentifier } from './identifiers.ts';
import type { OpenapiOperation, OpenapiParameter } from './openapi-file.ts';
import type { Pass, SourcePlan } from './pass.ts';
import { innerName, named, nameNode, required, withInnerName } from './type-node.ts';

export const renameAndTypeArguments: Pass = (document, plan) =>
  mapRootFields(document, (field) => {
    const operation = plan.operations.get(field.name.value);
    return operation === undefined ? field : withArgumentsOf(field, operation, plan);
  });

function withArgumentsOf(
  field: FieldDefinitionNode,
  operation: OpenapiOperation,
  { config }: SourcePlan,
): FieldDefinitionNode {
  const http = readHttpOperation(field);
  const parameters = parametersByArgument(http, operation);
  const rename = (argument: string) => {
    const parameter = parameters.get(argument);
    return parameter === undefined ? argument : argumentName(parameter, operation, config.operations[operation.id]);
  };
  const args = (field.arguments ?? []).map((argument): InputValueDefinitionNode => {
    const name = nameNode(rename(argument.name.value));
    return { ...argument, name, type: typeOf(argument, parameters.get(argument.name.value), operation) };
  });
  return writeHttpOperation({ ...field, arguments: args }, renameArguments(http, rename));
}

function typeOf(
  { name, type, defaultValue }: InputValueDefinitionNode,
  parameter: OpenapiParameter | undefined,
  { body }: OpenapiOperation,
): TypeNode {
  if (parameter?.in === 'path') return required(named('ID'));
  const isBody = parameter === undefined && name.value === 'input';
  const isRequired = isBody ? body?.required === true : parameter?.required === true;
  const isId = parameter !== undefined && innerName(type) === 'BigInt' && isIdentifier(parameter.name);
  const ours = isId ? withInnerName(type, 'ID') : type;
  return isRequired && defaultValue === undefined && ours.kind !== Kind.NON_NULL_TYPE ? required(ours) : ours;
}

/** Which OpenAPI parameter each of Mesh's arguments came from: the annotations say so, whatever Mesh called it. */
function parametersByArgument(http: HttpOperation, operation: OpenapiOperation): Map<string, OpenapiParameter> {
  const inPath = [...http.path.matchAll(/\{args\.(\w+)\}/g)].map(([, name]) => name);
  const wirePath = [...operation.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  const found = new Map<string, OpenapiParameter>();
  for (const parameter of operation.parameters) {
    const argument = {
      path: () => inPath[wirePath.indexOf(parameter.name)],
      query: () => http.query[parameter.name],
      header: () => headerArgument(http, parameter.name),
      cookie: () => undefined,
    }[parameter.in]();
    if (argument !== undefined) found.set(argument, parameter);
  }
  return found;
}

function headerArgument({ headers }: HttpOperation, header: string): string | undefined {
  const [, template] = headers.find(([name]) => name.toLowerCase() === header.toLowerCase()) ?? [];
  return template === undefined ? undefined : /\{args\.(\w+)\}/.exec(template)?.[1];
}
