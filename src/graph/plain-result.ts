/**
 * What a join of a graph folder returns is plain: rows, lists and values that are there. graphql-js would await a promise inside
 * a row and call a function; compiled code does neither, and answers null without a word. So both are refused, the first time too.
 */
import type { Connection } from '../rest/connection.ts';

/** Whatever a resolver returns, checked. Throws TypeError, or rejects with one, naming field, place and what stands there. */
export function plainResult(returned: unknown, coordinate: string): unknown {
  if (returned instanceof Promise) return returned.then((value) => plainValue(value, coordinate));
  return plainValue(returned, coordinate);
}

function plainValue(value: unknown, coordinate: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isConnection(value)) return plainConnection(value, coordinate);
  requirePlain(value, coordinate, MOST_LEVELS);
  return value;
}

/** As deep as the answers of vendors. */
const MOST_LEVELS = 64;

/** Runs over every row of every such join: leaves cost no call, and the place is put together only for the message. */
function requirePlain(value: object, place: string, levels: number): void {
  if (levels === 0) throw new TypeError(`${place} is nested deeper than ${MOST_LEVELS} levels.`);
  if (!Array.isArray(value) && !isPlainObject(value)) {
    if (isLeaf(value)) return;
    throw new TypeError(`${place} is ${nameOf(value)}; a join returns plain objects.`);
  }
  for (const key in value) {
    const member: unknown = value[key as keyof typeof value];
    if (typeof member === 'function')
      throw new TypeError(`${place}.${key} is a function; a join returns what it gives.`);
    if (typeof member === 'object' && member !== null) requirePlain(member, `${place}.${key}`, levels - 1);
  }
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What a scalar may be made of: times, bytes and whatever says itself how it is written. */
function isLeaf(value: object): boolean {
  return value instanceof Date || ArrayBuffer.isView(value) || ('toJSON' in value && !('then' in value));
}

function nameOf(value: object): string {
  return 'then' in value ? 'a promise, which the join has to await' : `an instance of ${value.constructor?.name}`;
}

function isConnection(value: object): value is Connection {
  return (['nodes', 'edges', 'pageInfo'] as const).every((name) => typeof Reflect.get(value, name) === 'function');
}

/** Its rows are looked at when they are there; their cursors are made when somebody asks for them. */
function plainConnection(connection: Connection, coordinate: string): Connection {
  return {
    async nodes() {
      const nodes = await connection.nodes();
      requirePlain(nodes, `${coordinate}.nodes`, MOST_LEVELS);
      return nodes;
    },
    async edges() {
      const edges = await connection.edges();
      for (const { node } of edges)
        if (typeof node === 'object' && node) requirePlain(node, `${coordinate}.edges.node`, MOST_LEVELS);
      return edges;
    },
    pageInfo: () => connection.pageInfo(),
  };
}
