/** Whether `vendor.yaml` speaks of operations, parameters, paths and schemas that the OpenAPI file has. */
import type { ConfigProblem } from '../config/config-error.ts';
import type { GraphSource } from '../config/graph-folder.ts';
import type { OperationConfig, PagingStyle } from '../config/vendor.ts';
import type { YamlPath } from '../config/yaml-file.ts';
import { argumentName } from './argument-name.ts';
import type { SchemaObject } from './openapi.ts';
import type { OpenapiFile, OpenapiOperation } from './openapi-file.ts';
import { pageNames, queryParameter } from './page-parameters.ts';
import { follow, propertiesOf } from './schema-path.ts';

interface Checked {
  openapi: OpenapiFile;
  operation: OpenapiOperation;
  config: OperationConfig;
  /** A problem at this key of the operation's entry. */
  at(steps: YamlPath, message: string): ConfigProblem;
}

export function vendorProblems(source: GraphSource, openapi: OpenapiFile): ConfigProblem[] {
  const { config, vendorYaml, vendor } = source;
  const operations = new Map(openapi.operations.map((operation) => [operation.id, operation]));
  const problem = (steps: YamlPath, subject: string, message: string): ConfigProblem => ({
    file: vendorYaml.path,
    ...vendorYaml.locate(steps),
    subject,
    message,
  });
  const unknown = (steps: YamlPath, id: string): ConfigProblem =>
    problem(
      steps,
      vendor,
      `Found operation "${id}", expected an operationId of openapi.yaml${near(id, operations.keys())}.`,
    );

  return Object.entries(config.operations).flatMap(([id, operationConfig]) => {
    const operation = operations.get(id);
    if (operation === undefined) return [unknown(['operations', id], id)];
    const at = (steps: YamlPath, message: string) => problem(['operations', id, ...steps], `${vendor} ${id}`, message);
    const checked: Checked = { openapi, operation, config: operationConfig, at };
    const style = config.paging[operationConfig.paging ?? ''];
    return [
      ...pathProblems(checked),
      ...renameProblems(checked),
      ...argumentProblems(checked, style),
      ...sparseProblems(checked),
      ...(style === undefined ? [] : pagingProblems(checked, style)),
    ];
  });
}

function pathProblems({ openapi, operation, config, at }: Checked): ConfigProblem[] {
  return (['items', 'result'] as const).flatMap((key) => {
    const path = config[key];
    return path === undefined ? [] : pathProblem(openapi, operation.answer, path, (message) => at([key], message));
  });
}

function pathProblem(
  openapi: OpenapiFile,
  schema: SchemaObject | undefined,
  path: string,
  at: (message: string) => ConfigProblem,
): ConfigProblem[] {
  const followed = follow(openapi, schema, path);
  if (followed.found) return [];
  const expected = followed.known.length === 0 ? 'no more steps there' : `one of ${followed.known.join(', ')}`;
  return [at(`Found path "${path}" whose "${followed.step}" openapi.yaml does not know, expected ${expected}.`)];
}

function renameProblems({ operation, config, at }: Checked): ConfigProblem[] {
  const names = operation.parameters.map(({ name }) => name);
  return Object.entries(config.rename ?? {}).flatMap(([from, to]) => {
    if (!names.includes(from)) return [at(['rename', from], `Found argument "${from}", expected ${oneOf(names)}.`)];
    if (!/^[a-z_]\w*$/i.test(to))
      return [at(['rename', from], `Found argument name "${to}", expected letters, digits and _.`)];
    return [];
  });
}

/** Two arguments of one field cannot share a name; `first` and `after` are a connection's own. */
function argumentProblems(
  { openapi, operation, config, at }: Checked,
  style: PagingStyle | undefined,
): ConfigProblem[] {
  const wire = style?.in === 'query' ? pageNames(style) : [];
  const paging = wire.map((name) => queryParameter(openapi, operation, name));
  const own = operation.parameters.filter((parameter) => !paging.includes(parameter));
  const names = own.map((parameter) => argumentName(parameter, operation, config));
  const taken = [
    ...(style === undefined ? [] : ['first', 'after']),
    ...(operation.body === undefined ? [] : ['input']),
  ];
  return own.flatMap(({ name }, index) => {
    const argument = names[index] ?? name;
    if (!taken.includes(argument) && names.indexOf(argument) === index) return [];
    return [
      at(
        [],
        `Found two arguments "${argument}", expected each once. Give the parameter "${name}" a name under "rename".`,
      ),
    ];
  });
}

function sparseProblems(checked: Checked): ConfigProblem[] {
  const { sparse } = checked.config;
  if (sparse === undefined) return [];
  const names = namesIn(checked, sparse.in);
  if (names.includes(sparse.argument)) return [];
  return [checked.at(['sparse', 'argument'], `Found argument "${sparse.argument}", expected ${oneOf(names)}.`)];
}

function pagingProblems(checked: Checked, style: PagingStyle): ConfigProblem[] {
  const { openapi, operation, config, at } = checked;
  const names = namesIn(checked, style.in);
  const missing = pageNames(style).filter(
    (name) => !names.includes(name) && (style.in === 'body' || queryParameter(openapi, operation, name) === undefined),
  );
  const paths = style.style === 'cursor' ? [style.next, style.more] : [style.more];
  return [
    ...missing.map((name) =>
      at(['paging'], `Found style "${config.paging}" with argument "${name}", expected ${oneOf(names)}.`),
    ),
    ...paths.flatMap((path) =>
      path === undefined ? [] : pathProblem(openapi, operation.answer, path, (message) => at(['paging'], message)),
    ),
  ];
}

function namesIn({ openapi, operation }: Checked, place: 'query' | 'body'): string[] {
  if (place === 'query') return operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const schema = operation.body?.schema;
  return schema === undefined ? [] : [...propertiesOf(openapi, schema).keys()];
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'none: the operation has no arguments there' : `one of ${names.join(', ')}`;
}

/** A hint for a wrong upper or lower case or a plural, the usual slips. */
function near(id: string, known: Iterable<string>): string {
  const lower = (name: string) => name.toLowerCase();
  const names = [...known];
  const match =
    names.find((name) => lower(name) === lower(id)) ??
    names.find((name) => lower(name) === `${lower(id)}s` || `${lower(name)}s` === lower(id));
  return match === undefined ? '' : ` (perhaps ${match})`;
}
