/**
 * What a graph folder's own join files are written with: `defineKeyedRead` and `defineJoin` change nothing at run time, they
 * put the types that composing wrote to `schema/rows.ts` on the reader and the context.
 */
import type { GraphQLResolveInfo } from 'graphql';
import type { CallOptions, Page, PageOptions, PageRequest } from '../rest/executor.ts';
import type { CallScope } from '../vendors/call-scope.ts';
import type { Join, JoinContext } from './join.ts';
import type { KeyedRead } from './keyed-read.ts';

type ArgumentsOf<Operation> = Operation extends { args: infer Args } ? Args : never;
type ResultOf<Operation> = Operation extends { result: infer Result } ? Result : never;
type RowOf<Operation> = Operation extends { row: infer Row } ? Row : never;

/** Operations that answer at once. */
type Called<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends { result: unknown } ? Name : never;
}[keyof Operations] &
  string;

/** Operations that answer page by page. */
type Paged<Operations> = {
  [Name in keyof Operations]: Operations[Name] extends { row: unknown } ? Name : never;
}[keyof Operations] &
  string;

/** `BoundReader`, typed by the `Operations` of `schema/rows.ts`. */
export interface OwnReader<Operations> {
  call<Name extends Called<Operations>>(
    operation: Name,
    args: ArgumentsOf<Operations[Name]>,
    keys?: number,
  ): Promise<ResultOf<Operations[Name]>>;
  firstRow<Name extends Paged<Operations>>(
    operation: Name,
    args: ArgumentsOf<Operations[Name]>,
  ): Promise<RowOf<Operations[Name]> | null>;
  everyRow<Name extends Paged<Operations>>(
    operation: Name,
    args: ArgumentsOf<Operations[Name]>,
    keys?: number,
  ): Promise<readonly RowOf<Operations[Name]>[]>;
}

export interface OwnKeyedRead<Operations, Row> extends Omit<KeyedRead<Row>, 'read'> {
  read(keys: readonly string[], reader: OwnReader<Operations>): Promise<readonly (Row | null)[] | null>;
}

/** `JoinContext`, typed likewise. */
export interface OwnJoinContext<Operations> extends Omit<JoinContext, 'rest'> {
  rest: Pick<JoinContext['rest'], 'cursors'> & {
    call<Name extends Called<Operations>>(
      operation: Name,
      args: ArgumentsOf<Operations[Name]>,
      scope: CallScope,
      options?: CallOptions,
    ): Promise<ResultOf<Operations[Name]>>;
    page<Name extends Paged<Operations>>(
      operation: Name,
      args: ArgumentsOf<Operations[Name]>,
      request: PageRequest,
      scope: CallScope,
      options?: PageOptions,
    ): Promise<Page>;
  };
}

/** By type, then by field. Each resolver states its parent, a row of `schema/rows.ts`, and its arguments. */
export type OwnJoin<Operations> = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        (parent: never, args: never, context: OwnJoinContext<Operations>, info: GraphQLResolveInfo) => unknown
      >
    >
  >
>;

export function defineKeyedRead<Operations, Row>(read: OwnKeyedRead<Operations, Row>): KeyedRead<Row> {
  return read as KeyedRead<Row>;
}

export function defineJoin<Operations>(join: OwnJoin<Operations>): Join {
  return join as Join;
}
