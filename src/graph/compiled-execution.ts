/**
 * Executes operations as compiled functions (graphql-jit). A document is interpreted the first time and compiled the second,
 * if it can be (`compilable.ts`): who asks once does not pay for a compiler. Compiled code lives as long as its document, which the caches of documents bound.
 */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  type SourceLocation,
} from 'graphql';
import { isCompilable } from './compilable.ts';

/** Variables that do not fit are the caller's to refuse (`variableErrors`): graphql-jit has words of its own for them. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** Compiled for one operation; null when graphql-jit cannot. */
type Compiled = { query(root: unknown, context: unknown, variables: unknown): ReturnType<Execute> } | null;

export function createCompiledExecute(): Execute {
  const seen = new WeakSet<DocumentNode>();
  const compiled = new WeakMap<DocumentNode, Map<string, Compiled>>();
  // Loaded when there is something to compile: 10 MB an idle gateway does without.
  let compile: ((args: ExecutionArgs) => Compiled) | undefined;

  const compiledFor = (args: ExecutionArgs): Compiled => {
    const { document, operationName } = args;
    if (!seen.has(document)) {
      seen.add(document);
      return null;
    }
    if (!compile) {
      void loadCompiler().then((loaded) => {
        compile = loaded;
      });
      return null;
    }
    const operations = compiled.get(document) ?? new Map<string, Compiled>();
    compiled.set(document, operations);
    const key = operationName ?? '';
    const known = operations.get(key);
    if (known !== undefined) return known;
    const made = compile(args);
    operations.set(key, made);
    return made;
  };

  return (args) => {
    const query = compiledFor(args);
    if (!query) return execute(args);
    const result = query.query(args.rootValue, args.contextValue, args.variableValues ?? {});
    const usual = (one: ExecutionResult) => withUsualErrors(one, args.document);
    return result instanceof Promise ? result.then(usual) : usual(result);
  };
}

/** As graphql-js words them: graphql-jit has words of its own, and a caller would see them from the second time on. */
export function variableErrors({ schema, document, operationName, variableValues }: ExecutionArgs) {
  const { variableDefinitions = [] } = getOperationAST(document, operationName) ?? {};
  if (variableDefinitions.length === 0) return undefined;
  return getVariableValues(schema, variableDefinitions, variableValues ?? {}, { maxErrors: 50 }).errors;
}

/** graphql-jit's errors know lines and columns but neither source nor nodes, and have no extensions where graphql-js has empty ones. */
function withUsualErrors(result: ExecutionResult, { loc }: DocumentNode): ExecutionResult {
  if (!result.errors) return result;
  const source = loc?.source;
  const errors = result.errors.map(({ message, locations, path, originalError, extensions }) => {
    const places = source ? locations?.map((location) => offsetOf(source.body, location)) : undefined;
    return new GraphQLError(message, {
      source: source ?? null,
      positions: places ?? null,
      path: path ?? null,
      originalError: originalError ?? valueError(message, path),
      extensions: extensions ?? {},
    });
  });
  return { ...result, errors };
}

/** What graphql-js would have caught while completing a value, and graphql-jit says itself; arguments are the caller's. */
function valueError(message: string, path: GraphQLError['path']): GraphQLError | null {
  return path && !message.startsWith('Argument "') ? new GraphQLError(message) : null;
}

function offsetOf(body: string, { line, column }: SourceLocation): number {
  let start = 0;
  const breaks = body.matchAll(/\r\n|[\n\r]/g);
  for (let current = 1; current < line; current += 1) {
    const end = breaks.next().value;
    start = end ? end.index + end[0].length : start;
  }
  return start + column - 1;
}

async function loadCompiler(): Promise<(args: ExecutionArgs) => Compiled> {
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  return ({ schema, document, operationName }) => {
    if (!isCompilable({ schema, document, operationName })) return null;
    // Our masks make of every error what a caller may see; a stack for each costs more than the field.
    const made = compileQuery(schema, document, operationName ?? undefined, { disablingCapturingStackErrors: true });
    return isCompiledQuery(made) ? made : null;
  };
}
