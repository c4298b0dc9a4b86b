/** Finds the route of a request. A tree of segments, so that a literal wins over a parameter at the first segment where they differ. */
import type { Method, Route } from './emulator.ts';

export interface RouteMatch {
  route: Route;
  /** Percent-decoded after matching: `/contacts/a%2Fb` is one segment whose value holds a slash. */
  params: Record<string, string>;
}

export interface Router {
  /** Undefined when no route fits. Throws URIError when a parameter is not valid percent-encoding. */
  match(method: Method, path: string): RouteMatch | undefined;
}

interface Leaf {
  route: Route;
  names: readonly string[];
}

interface Node {
  literals: Map<string, Node>;
  parameter?: Node;
  leaves: Map<Method, Leaf>;
}

export function createRouter(routes: readonly Route[]): Router {
  const root = createNode();
  for (const route of routes) addRoute(root, route);
  return {
    match(method, path) {
      const found = find(root, method, path.split('/').slice(1), 0, []);
      if (found === undefined) return undefined;
      const { leaf, values } = found;
      const params = Object.fromEntries(
        leaf.names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]),
      );
      return { route: leaf.route, params };
    },
  };
}

function createNode(): Node {
  return { literals: new Map(), leaves: new Map() };
}

function addRoute(root: Node, route: Route): void {
  const names: string[] = [];
  let node = root;
  for (const segment of route.path.split('/').slice(1)) {
    if (segment.startsWith(':')) {
      names.push(segment.slice(1));
      node.parameter ??= createNode();
      node = node.parameter;
      continue;
    }
    const next = node.literals.get(segment) ?? createNode();
    node.literals.set(segment, next);
    node = next;
  }
  for (const method of [route.method].flat()) {
    if (node.leaves.has(method)) throw new Error(`Two routes for ${method} ${route.path}.`);
    node.leaves.set(method, { route, names });
  }
}

function find(
  node: Node,
  method: Method,
  segments: readonly string[],
  depth: number,
  values: readonly string[],
): { leaf: Leaf; values: readonly string[] } | undefined {
  const segment = segments[depth];
  if (segment === undefined) {
    const leaf = node.leaves.get(method);
    return leaf && { leaf, values };
  }
  const literal = node.literals.get(segment);
  const found = literal && find(literal, method, segments, depth + 1, values);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  return find(node.parameter, method, segments, depth + 1, [...values, segment]);
}
