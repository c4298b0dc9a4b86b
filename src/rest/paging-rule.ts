/** How a list is paged, read from `@paging`. The words are those of `paging` in vendor.yaml. */
import type { DirectiveArguments } from './directive.ts';
import { type JsonPath, parseJsonPath } from './json-path.ts';
import type { RowOrder } from './row-order.ts';

interface PagingBase {
  /** Where the answer holds the rows. */
  items: JsonPath;
  in: 'query' | 'body';
  /** Wire name of the page-size parameter. */
  size: string;
  maxSize: number;
  /** Where a row holds its id. */
  id: JsonPath;
}

export interface CursorPaging extends PagingBase {
  style: 'cursor';
  cursor: string;
  next: JsonPath;
  more?: JsonPath;
}

export interface LastIdPaging extends PagingBase {
  style: 'lastId';
  cursor: string;
  more: JsonPath;
  /** The order of the list, where a row tells its place in it. */
  order?: RowOrder;
}

export interface OffsetPaging extends PagingBase {
  style: 'offset';
  offset: string;
  unit: 'row' | 'page';
  /** The vendor's number of the first row or page. */
  first: number;
  more: JsonPath;
  maxRows?: number;
}

export type PagingRule = CursorPaging | LastIdPaging | OffsetPaging;

export function readPagingRule(paging: DirectiveArguments | undefined): PagingRule | undefined {
  if (paging === undefined) return undefined;
  const base: PagingBase = {
    items: path(paging, 'items'),
    in: paging['in'] === 'body' ? 'body' : 'query',
    size: text(paging, 'size'),
    maxSize: number(paging, 'maxSize'),
    id: typeof paging['id'] === 'string' ? path(paging, 'id') : ['id'],
  };
  const style = text(paging, 'style');
  switch (style) {
    case 'cursor':
      return {
        ...base,
        style,
        cursor: text(paging, 'cursor'),
        next: path(paging, 'next'),
        ...(typeof paging['more'] === 'string' ? { more: path(paging, 'more') } : {}),
      };
    case 'lastId':
      return {
        ...base,
        style,
        cursor: text(paging, 'cursor'),
        more: path(paging, 'more'),
        ...(typeof paging['order'] === 'string' ? { order: order(paging) } : {}),
      };
    case 'offset':
      return {
        ...base,
        style,
        offset: text(paging, 'offset'),
        unit: paging['unit'] === 'page' ? 'page' : 'row',
        first: typeof paging['first'] === 'number' ? paging['first'] : 0,
        more: path(paging, 'more'),
        ...(typeof paging['maxRows'] === 'number' ? { maxRows: paging['maxRows'] } : {}),
      };
    default:
      throw new TypeError(`@paging: unknown style ${style}`);
  }
}

function order(paging: DirectiveArguments): RowOrder {
  return { path: path(paging, 'order'), direction: paging['direction'] === 'asc' ? 'asc' : 'desc' };
}

function text(paging: DirectiveArguments, name: string): string {
  const value = paging[name];
  if (typeof value !== 'string') throw new TypeError(`@paging has no ${name}`);
  return value;
}

function number(paging: DirectiveArguments, name: string): number {
  const value = paging[name];
  if (typeof value !== 'number') throw new TypeError(`@paging has no ${name}`);
  return value;
}

function path(paging: DirectiveArguments, name: string): JsonPath {
  return parseJsonPath(text(paging, name));
}
