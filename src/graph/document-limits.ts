/**
 * Refuses documents that are too large, in the order in which it costs least: the text, then its tokens, then the shape of
 * what was parsed, and only then validation. Two kinds of limits: those of the client, which `measure` only reports, and
 * those of the process (stack, time), which hold always.
 */
import { type DocumentNode, GraphQLError, getOperationAST, parse } from 'graphql';
import type { LimitMode, LimitName, OperationLimits } from '../config/limits.ts';
import { GatewayError } from '../errors.ts';
import { type DocumentShape, type OperationShape, shapeOf } from './document-shape.ts';
import { nestsDeeper } from './document-text.ts';
import { MOST_MERGE_WORK, mergeWork } from './merge-work.ts';

/** What the process takes, whoever asks; a client's own limit may be higher for tokens and fields. */
const PROCESS = {
  /** Brackets in one another. The parser's stack ends at some thousands. */
  brackets: 300,
  /** Selections in one another, fragments counted. */
  selections: 500,
  /** Parsing and validating this many takes about 30 ms. */
  tokens: 20_000,
  /** Of all operations of a document together. */
  fields: 20_000,
  operations: 100,
};

/** GraphiQL's introspection and that of graphql-js need 15; more of it only repeats the schema. */
const INTROSPECTION_DEPTH = 15;

const ADVICE = 'Ask for less, or in several operations.';

const WORDS: Readonly<Record<LimitName, string>> = {
  characters: 'The document has {found} characters',
  tokens: 'The document has {found} tokens',
  depth: 'The operation nests fields {found} deep',
  aliases: 'The document has {found} aliases',
  rootFields: 'The operation has {found} root fields',
  directives: 'The document has {found} directives',
  fields: 'The operation selects {found} fields with its fragments written out',
  cost: 'The operation may take {found} calls to vendors or more',
  rows: 'The nested pages of the operation multiply to {found} rows',
};

/** What of the numbers found is over its limit. Throws LIMIT_EXCEEDED for the first of them, unless limits are only measured. */
export function checkFound(
  found: Readonly<Partial<Record<LimitName, number>>>,
  limits: OperationLimits,
  mode: LimitMode = 'enforce',
): LimitName[] {
  const exceeded: LimitName[] = [];
  for (const name of Object.keys(found) as LimitName[]) {
    // The names are those of the type: every caller writes them out.
    const count = found[name] ?? 0;
    if (count <= limits[name]) continue;
    if (mode === 'enforce') throw refusal(name, `${sentence(name, count)}; ${limits[name]} is the limit. ${ADVICE}`);
    exceeded.push(name);
  }
  return exceeded;
}

/** Costs nothing: before the document is parsed. Returns and throws as `checkFound` does. */
export function checkText(text: string, limits: OperationLimits, mode?: LimitMode): LimitName[] {
  return checkFound({ characters: text.length }, limits, mode);
}

/** Throws LIMIT_EXCEEDED for too many tokens or brackets in one another, a GraphQLError for wrong syntax. */
export function parseWithin(text: string, limits: OperationLimits, mode: LimitMode = 'enforce'): DocumentNode {
  if (nestsDeeper(text, PROCESS.brackets))
    throw refusal('depth', `The document nests brackets more than ${PROCESS.brackets} deep. ${ADVICE}`);
  const most = mode === 'enforce' ? limits.tokens : Math.max(limits.tokens, PROCESS.tokens);
  try {
    return parse(text, { maxTokens: most });
  } catch (error) {
    if (!isTokenError(error)) throw error;
    throw refusal('tokens', `The document has more than ${most} tokens, which is the limit. ${ADVICE}`);
  }
}

/** graphql-js tells it by its message alone, which it misspells. */
function isTokenError(error: unknown): boolean {
  return error instanceof GraphQLError && /contains more tha[nt] \d+ tokens/.test(error.message);
}

/**
 * Before validation, and again for each request of a document that is kept: the numbers are kept with it. Depth, root fields
 * and fields are those of the operation that will run. Returns and throws as `checkFound` does; what would harm the process
 * throws in any mode.
 */
export function checkShape(
  document: DocumentNode,
  operationName: string | null | undefined,
  limits: OperationLimits,
  mode?: LimitMode,
): LimitName[] {
  const key = operationName ?? '';
  if (passed.get(document)?.get(key) === limits) return [];
  if (!harmless.has(document)) checkStack(document);
  const { aliases, directives, operations } = shapeOf(document);
  const asked = getOperationAST(document, operationName);
  const operation = operations.find(({ node }) => node === asked);
  const exceeded = checkFound({ aliases, directives, ...(operation && foundIn(operation)) }, limits, mode);
  if (operation && checkIntrospection(operation, mode) && !exceeded.includes('depth')) exceeded.push('depth');
  // After the client's own limits, whose messages help more.
  if (!harmless.has(document)) checkTime(document, limits);
  harmless.add(document);
  // A name that no operation has could be any text.
  if (exceeded.length === 0 && (operation || key === ''))
    passed.set(document, (passed.get(document) ?? new Map()).set(key, limits));
  return exceeded;
}

/** Whose limits an operation kept within when it was last asked: mostly the same client's again. */
const passed = new WeakMap<DocumentNode, Map<string, OperationLimits>>();

/** Documents found to harm nobody: once is enough. */
const harmless = new WeakSet<DocumentNode>();

function foundIn({ depth, rootFields, fields }: OperationShape) {
  return { depth, rootFields, fields };
}

/** True for what is over the limit. */
function checkIntrospection({ introspectionDepth }: OperationShape, mode: LimitMode = 'enforce'): boolean {
  if (introspectionDepth <= INTROSPECTION_DEPTH) return false;
  if (mode === 'measure') return true;
  const message = `The operation nests introspection ${introspectionDepth} deep; ${INTROSPECTION_DEPTH} is the limit.`;
  throw refusal('depth', message);
}

function checkStack(document: DocumentNode): void {
  const count = document.definitions.filter(({ kind }) => kind === 'OperationDefinition').length;
  if (count > PROCESS.operations)
    throw refusal('operations', `The document has ${count} operations; ${PROCESS.operations} is the limit.`);
  if (shapeOf(document).nesting > PROCESS.selections)
    throw refusal('depth', `The document nests selections more than ${PROCESS.selections} deep. ${ADVICE}`);
}

function checkTime(document: DocumentNode, limits: OperationLimits): void {
  const shape = shapeOf(document);
  const most = Math.max(PROCESS.fields, limits.fields);
  const fields = shape.operations.reduce((sum, one) => sum + one.fields, 0);
  if (fields > most) throw refusal('fields', `${sentence('fields', fields)}; ${most} is the limit. ${ADVICE}`);
  if (!isHardToMerge(shape)) return;
  const message = 'The document selects the same fields in the same place too often to be compared with one another.';
  throw refusal('duplicates', `${message} Select each once, or under aliases.`);
}

/** What is unsound is not compared: see validate-within.ts. */
function isHardToMerge({ isUnsound, operations, fragments }: DocumentShape): boolean {
  if (isUnsound) return false;
  let work = 0;
  for (const { node } of operations) {
    work += mergeWork(node, fragments);
    if (work > MOST_MERGE_WORK) return true;
  }
  return false;
}

function sentence(name: LimitName, count: number): string {
  return WORDS[name].replace('{found}', count >= 1_000_000_000 ? 'endlessly many' : String(count));
}

function refusal(limit: string, message: string): GatewayError {
  return new GatewayError('LIMIT_EXCEEDED', message, { limit, retryable: false });
}
