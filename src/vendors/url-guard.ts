/**
 * The last look at a URL before the credential is added: it must lie below the vendor's endpoint and be the operation's
 * own path. The request's maker encodes its arguments; this holds even when it forgets to.
 */
import { GatewayError } from '../errors.ts';
import type { VendorRequest } from './call-scope.ts';

/** Path and query as they go over the wire. Throws BAD_USER_INPUT for a request whose URL is not what its template says. */
export type UrlGuard = (request: Pick<VendorRequest, 'target' | 'template' | 'operation' | 'vendor'>) => string;

export function createUrlGuard(endpoint: string): UrlGuard {
  const base = new URL(endpoint);
  const prefix = base.pathname.replace(/\/+$/, '');
  const templates = new Map<string, readonly RegExp[]>();

  return (request) => {
    if (isPlainTarget(request.target, segmentsOf(request.template, templates))) return prefix + request.target;
    const url = parse(base.origin + prefix + request.target);
    const [rawPath = ''] = request.target.split('?', 1);
    const isBelow =
      url !== null && url.origin === base.origin && url.username === '' && url.password === '' && url.hash === '';
    // A path that parsing changed held dots, backslashes or control characters.
    if (!isBelow || url.pathname !== prefix + rawPath || !matches(rawPath, segmentsOf(request.template, templates))) {
      throw new GatewayError('BAD_USER_INPUT', `The arguments of ${request.operation} do not make a valid path.`, {
        vendor: request.vendor,
        operation: request.operation,
        retryable: false,
      });
    }
    return url.pathname + url.search;
  };
}

/** Made of characters alone that no URL parser changes, and no step up or down: it is what it looks like. */
const PLAIN_TARGET = /^((?:\/[\w~-]+(?:\.[\w~-]+)*)+)(?:\?[\w~&=%+,:.*-]*)?$/;

function isPlainTarget(target: string, template: readonly RegExp[]): boolean {
  const path = PLAIN_TARGET.exec(target)?.[1]?.split('/');
  return path?.length === template.length && path.every((segment, at) => template[at]?.test(segment));
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function segmentsOf(template: string, known: Map<string, readonly RegExp[]>): readonly RegExp[] {
  let segments = known.get(template);
  if (segments === undefined) {
    segments = template.split('/').map(toPattern);
    known.set(template, segments);
  }
  return segments;
}

/** `{id}.json` → one or more characters, then `.json` exactly. */
function toPattern(segment: string): RegExp {
  const parts = segment.split(/\{[^{}]*\}/).map((literal) => RegExp.escape(literal));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

function matches(path: string, template: readonly RegExp[]): boolean {
  const segments = path.split('/');
  return (
    segments.length === template.length &&
    segments.every((segment, at) => isPlain(segment) && template[at]?.test(segment))
  );
}

/** Not a step up or down, however often a server decodes it. */
function isPlain(segment: string): boolean {
  let text = segment;
  for (let round = 0; round < 4; round += 1) {
    if (text === '.' || text === '..' || (round > 0 && /[/\\\p{Cc}]/u.test(text))) return false;
    const decoded = decode(text);
    if (decoded === text) return true;
    text = decoded;
  }
  return true;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
