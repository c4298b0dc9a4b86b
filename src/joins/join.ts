/** What a join is made of: fields of GraphQL types and the resolvers behind them. One file per join, listed in `joins.ts`. */
import type { GraphQLResolveInfo } from 'graphql';
import type { RestExecutor } from '../rest/executor.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import type { Identity } from './identity.ts';
import type { KeyedReads } from './keyed-read.ts';

/** What a join resolver may use: keyed reads for single rows, `rest` for lists, both within the operation's scope. */
export interface JoinContext {
  reads: KeyedReads;
  rest: RestExecutor;
  scope: CallScope;
  /** Which keys mean the same person or account. */
  identity: Identity;
  /** Whether what is read is still wanted; absent: it is. A join that walks through pages asks before each. */
  isOver?: () => boolean;
}

/** `never` for parent and arguments lets each resolver state its own; graphql-js hands them what the SDL promises. */
export type JoinResolver = (parent: never, args: never, context: JoinContext, info: GraphQLResolveInfo) => unknown;

/** By type, then by field. */
export type Join = Readonly<Record<string, Readonly<Record<string, JoinResolver>>>>;

export interface PageArguments {
  first?: number | null;
  after?: string | null;
}
