/** Does to an answer what its plan says: refused fields become null with one error each, personal data is masked. */
import {
  GraphQLError,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { maskValue, WHOLLY_MASKED } from '../rules/personal-data.ts';
import { type GuardedSelection, type GuardStep, type RefusedField, TYPE_KEY } from './guarded-selection.ts';

export interface GuardedAnswer {
  data: Row | null;
  /** One for each field and place, whose path is that of its first row. */
  errors: readonly GraphQLError[];
  /** Response paths, without the positions in lists, under which something was masked. */
  redacted: readonly string[];
}

type Row = Record<string, unknown>;
interface Path {
  before: Path | undefined;
  key: string | number;
  /** Without the positions in lists. */
  text: string;
}

const MASKED = /^\*{3}(\d\d)?$/;

/** Null where null may not stand: the object around it has to go, by GraphQL's rules. */
const GONE = Symbol('gone');

/** Changes the objects of `data` in place: they belong to this answer alone. */
export function guardAnswer(data: Row, guard: GuardedSelection): GuardedAnswer {
  const errors = new Map<string, GraphQLError>();
  const redacted = new Set<string>();
  const typed: Row[] = [];

  const guardObject = (row: Row, selection: GuardedSelection, path: Path | undefined): Row | typeof GONE => {
    let gone = false;
    for (const step of selection.steps) {
      if (!Object.hasOwn(row, step.key)) continue;
      const value = guardStep(row[step.key], step, pathTo(path, step.key));
      if (value === GONE) gone = true;
      else row[step.key] = value;
    }
    const typeName = selection.isAbstract ? row[TYPE_KEY] : undefined;
    if (typeName !== undefined) typed.push(row);
    for (const { types, selection: inner } of selection.fragments) {
      if (types && !types.has(String(typeName))) continue;
      if (guardObject(row, inner, path) === GONE) gone = true;
    }
    return gone ? GONE : row;
  };

  const guardStep = (value: unknown, step: GuardStep, path: Path): unknown => {
    if (step.kind === 'refuse') {
      tell(step.field, path);
      return isNonNullType(step.type) ? GONE : null;
    }
    if (value === null || value === undefined) return value;
    if (step.kind === 'below') return guardValue(value, step.type, step.selection, path);
    if (isCompositeType(getNamedType(step.type))) {
      redacted.add(path.text);
      return isNonNullType(step.type) ? GONE : null;
    }
    // Two selections of one field meet on one object: what is masked is masked.
    if (isMasked(value)) return value;
    const masked = maskValue(step.category, value, step.type);
    if (masked !== value) redacted.add(path.text);
    return masked === null && isNonNullType(step.type) ? WHOLLY_MASKED : masked;
  };

  const guardValue = (value: unknown, type: GraphQLOutputType, below: GuardedSelection, path: Path): unknown => {
    if (isNonNullType(type)) {
      const inner = guardValue(value, type.ofType, below, path);
      return inner === null && value !== null ? GONE : inner;
    }
    if (value === null || value === undefined) return value;
    if (isListType(type)) {
      if (!Array.isArray(value)) return null;
      const items = value.map((item, index) =>
        guardValue(item, type.ofType, below, { before: path, key: index, text: path.text }),
      );
      return items.includes(GONE) ? null : items;
    }
    const guarded = guardObject(value as Row, below, path);
    return guarded === GONE ? null : guarded;
  };

  const tell = (field: RefusedField, path: Path): void => {
    if (!errors.has(path.text)) errors.set(path.text, refusal(field, keysOf(path)));
  };

  const guarded = guardObject(data, guard, undefined);
  for (const row of typed) delete row[TYPE_KEY];
  return { data: guarded === GONE ? null : guarded, errors: [...errors.values()], redacted: [...redacted] };
}

/** A mask that a second pass would make less of; the others stay as they are. */
function isMasked(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => item === null || isMasked(item));
  return typeof value === 'string' && MASKED.test(value);
}

function refusal({ coordinate, scopes }: RefusedField, path: readonly (string | number)[]): GraphQLError {
  return new GraphQLError('', { path, originalError: scopeMissing(`${coordinate} needs`, scopes) });
}

/** `what` begins the sentence: "StripeCustomer.email needs". */
export function scopeMissing(what: string, scopes: readonly string[]): GatewayError {
  const named = scopes.length === 1 ? `the scope ${scopes[0]}` : `the scopes ${scopes.join(', ')}`;
  const message = `${what} ${named}, which your credential does not have.`;
  return new GatewayError('SCOPE_MISSING', message, { scopes, retryable: false });
}

function keysOf(path: Path | undefined): (string | number)[] {
  return path ? [...keysOf(path.before), path.key] : [];
}

function pathTo(before: Path | undefined, key: string): Path {
  return { before, key, text: before ? `${before.text}.${key}` : key };
}
