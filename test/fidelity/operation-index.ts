/** Finds operations by what goes over the wire: method, base path and template, whatever its parameters are called. */
import { type OpenApiDocument, type Operation, type Parameter, resolve } from './openapi-document.ts';

export interface FoundOperation {
  /** `GET /v1/customers/{customer}`, base path included. */
  title: string;
  /** The same with parameters left blank: equal for us and the vendor. */
  key: string;
  id: string;
  operation: Operation;
  /** Those of the path and those of the operation, which come last. */
  parameters: readonly Parameter[];
  /** Names in the path, in their order. */
  pathNames: readonly string[];
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** `server`: the base URL, where the document does not decide it. */
export function listOperations(document: OpenApiDocument, server = serverOf(document)): FoundOperation[] {
  const base = server.replace(/^https?:\/\/[^/]*/, '');
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined) return [];
      const title = `${method.toUpperCase()} ${base}${path}`;
      return {
        title,
        key: title.replace(/\{[^}]*\}/g, '{}'),
        id: operation.operationId ?? title,
        operation,
        parameters: parametersOf(document, item.parameters, operation.parameters),
        pathNames: [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name),
      };
    }),
  );
}

/** Base URL without a slash at its end; empty where none is named. */
export function serverOf({ servers }: OpenApiDocument): string {
  return (servers?.[0]?.url ?? '').replace(/\/$/, '');
}

function parametersOf(document: OpenApiDocument, ...lists: readonly (readonly Parameter[] | undefined)[]): Parameter[] {
  const all = lists.flatMap((list) => (list ?? []).map((parameter) => resolve(document, parameter)));
  return [...new Map(all.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter])).values()];
}
