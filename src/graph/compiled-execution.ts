/**
 * Executes operations as compiled functions (graphql-jit). A document is interpreted the first time and compiled the second,
 * if it can be (`compilable.ts`): who asks once does not pay for a compiler. Compiled code is bounded apart from documents, of
 * which it takes several times as much memory.
 */
import { channel } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  type SourceLocation,
} from 'graphql';
import { createBoundedCache } from './bounded-cache.ts';
import { isCompilable } from './compilable.ts';
import { arePlain } from './plain-variables.ts';

/** Variables that do not fit are the caller's to refuse (`variableErrors`): graphql-jit has words of its own for them. */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

interface Compiled {
  query(root: unknown, context: unknown, variables: unknown): ReturnType<Execute>;
  /** That it takes. */
  bytes: number;
}

/** Undefined where the operation is interpreted, be it that graphql-jit cannot. */
type Compile = (args: ExecutionArgs) => Compiled | undefined;

/** Some hundred operations of the usual size. */
const CODE_BYTES = 64 * 2 ** 20;

export interface CompiledExecute {
  (...args: Parameters<Execute>): ReturnType<Execute>;
  /** Compiled code takes about so many. */
  readonly bytes: number;
}

export interface CompiledExecuteOptions {
  /** Of all compiled code. What takes more than an eighth of it is interpreted. @default 64 MiB */
  maxBytes?: number;
}

export function createCompiledExecute({ maxBytes = CODE_BYTES }: CompiledExecuteOptions = {}): CompiledExecute {
  const seen = new WeakSet<OperationDefinitionNode>();
  const interpreted = new WeakSet<OperationDefinitionNode>();
  const compiled = createBoundedCache<OperationDefinitionNode, Compiled>({ maxBytes });
  // Loaded when there is something to compile: 10 MB an idle gateway does without.
  let compile: Compile | undefined;

  const compiledFor = (args: ExecutionArgs): Compiled | undefined => {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation || interpreted.has(operation)) return undefined;
    const known = compiled.get(operation);
    if (known) return known;
    if (!seen.has(operation)) {
      seen.add(operation);
      return undefined;
    }
    if (!compile) {
      void loadCompiler().then((loaded) => {
        compile = loaded;
      });
      return undefined;
    }
    const made = compile(args);
    if (made) compiled.set(operation, made, made.bytes);
    if (!compiled.get(operation)) interpreted.add(operation);
    // What is forgotten is interpreted once before it is compiled again, as if it were new.
    seen.delete(operation);
    return made;
  };

  const run: Execute = (args) => {
    const made = compiledFor(args);
    if (!made) return execute(args);
    if (compiledRuns.hasSubscribers) compiledRuns.publish(args.document);
    const result = made.query(args.rootValue, args.contextValue, args.variableValues ?? {});
    const usual = (one: ExecutionResult) => withUsualErrors(one, args.document);
    return result instanceof Promise ? result.then(usual) : usual(result);
  };
  return Object.defineProperty(run as CompiledExecute, 'bytes', { get: () => compiled.bytes });
}

/** Tells of each document that is run compiled. */
export const compiledRuns = channel('vendorgraph:compiled-run');

/** As graphql-js words them: graphql-jit has words of its own, and a caller would see them from the second time on. */
export function variableErrors({ schema, document, operationName, variableValues }: ExecutionArgs) {
  const operation = getOperationAST(document, operationName);
  const { variableDefinitions = [] } = operation ?? {};
  if (!operation || variableDefinitions.length === 0 || arePlain(operation, variableValues ?? {})) return undefined;
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

/** As measured, for each character of generated code: the text, what V8 makes of it, and the functions around it. */
const BYTES_OF_CHARACTER = 4;

/** `debug` makes graphql-jit hand out the code it generated, under a name that asks nobody to run it; here it is only measured. */
interface WithCode {
  __DO_NOT_USE_THIS_OR_YOU_WILL_BE_FIRED_compilation?: string;
}

async function loadCompiler(): Promise<Compile> {
  // V8 keeps what it compiled of a text in case the text comes again. Of ours none does, and what is forgotten here stayed there.
  setFlagsFromString('--no-compilation-cache');
  const { compileQuery, isCompiledQuery } = await import('graphql-jit');
  // Our masks make of every error what a caller may see; a stack for each costs more than the field.
  const options = { disablingCapturingStackErrors: true, debug: true };
  return ({ schema, document, operationName }) => {
    if (!isCompilable({ schema, document, operationName })) return undefined;
    const made = compileQuery(schema, document, operationName ?? undefined, options);
    if (!isCompiledQuery(made)) return undefined;
    const { length } = (made as WithCode).__DO_NOT_USE_THIS_OR_YOU_WILL_BE_FIRED_compilation ?? '';
    return { query: made.query, bytes: length * BYTES_OF_CHARACTER };
  };
}
